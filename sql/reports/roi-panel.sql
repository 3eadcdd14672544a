-- Grain: one row per agent and whole ISO week from $1 to $2, both inside: the panel of the estimators. Called by readPanel.
-- Only agents at work before the launch: the others have no past to compare with, and are counted by roi-panel-size.
-- The team is the one of the agent's first week; the weight is the mean of weekly contacts before the launch, which the
-- programme cannot move.
with
enrolments as (
    select
        first_enrolments.agent_id,
        week_start(first_enrolments.enrolled_on) as treated_from,
        baselines.baseline_handle_seconds is not null as has_past
    from intermediate.int_first_enrolments as first_enrolments
    left join intermediate.int_baselines_by_agent as baselines on first_enrolments.agent_id = baselines.agent_id
),

cohorts as (
    select
        enrolments.treated_from,
        count(*) as agents
    from enrolments
    group by enrolments.treated_from
),

launch as (
    select coalesce(min(case when cohorts.agents >= 5 then cohorts.treated_from end), min(cohorts.treated_from)) as launch_week
    from cohorts
),

weeks as (
    select
        agent_weeks.agent_id,
        agent_weeks.week_start_date,
        agent_weeks.handle_count,
        agent_weeks.handle_seconds,
        agent_weeks.quality_sum,
        agent_weeks.quality_count,
        agents.source || ':' || coalesce(agents.team_id, agents.team_name) as team,
        row_number() over (
            partition by agent_weeks.agent_id
            order by
                case when coalesce(agents.team_id, agents.team_name) is null then 1 else 0 end, agent_weeks.week_start_date
        ) as place
    from marts.fct_agent_week as agent_weeks
    left join marts.dim_agent as agents on agent_weeks.agent_key = agents.agent_key
    where
        agent_weeks.week_start_date >= cast($1 as date)
        and agent_weeks.week_start_date + 6 <= cast($2 as date)
        and (agent_weeks.handle_count > 0 or agent_weeks.quality_count > 0)
),

agents as (
    select
        weeks.agent_id,
        max(case when weeks.place = 1 then weeks.team end) as team,
        count(distinct weeks.team) as teams,
        max(weeks.week_start_date) as last_week,
        avg(case when weeks.week_start_date < launch.launch_week then cast(weeks.handle_count as double) end) as weight
    from weeks
    cross join launch
    group by weeks.agent_id
),

-- Who left before the own team was enrolled would look like somebody kept out of the programme.
team_launches as (
    select
        agents.team,
        min(enrolments.treated_from) as launched_from
    from agents
    inner join enrolments on agents.agent_id = enrolments.agent_id
    group by agents.team
)

select
    cast(weeks.agent_id as varchar) as agent_id,
    cast(floor(days_between(date '1970-01-05', weeks.week_start_date) / 7) as integer) as week_no,
    weeks.handle_count,
    cast(round(weeks.handle_seconds * 1000) as bigint) as handle_ms,
    weeks.quality_count,
    cast(round(weeks.quality_sum * 1000) as bigint) as quality_milli,
    agents.team,
    agents.teams,
    agents.weight,
    cast(floor(days_between(date '1970-01-05', enrolments.treated_from) / 7) as integer) as treated_from
from weeks
inner join agents on weeks.agent_id = agents.agent_id
left join enrolments on weeks.agent_id = enrolments.agent_id
left join team_launches on agents.team = team_launches.team
where
    agents.weight > 0
    and coalesce(enrolments.has_past, true)
    and (enrolments.agent_id is not null or coalesce(agents.last_week >= team_launches.launched_from, true))
order by weeks.agent_id, weeks.week_start_date
