-- Grain: one row per agent employed before the launch, with the days that attrition counts. Called by readEmployments.
-- Who was hired later is left out on both sides. Without a hiring date the first day at work stands for it.
with
first_days as (
    select
        agent_days.agent_id,
        min(agent_days.work_date) as first_on
    from marts.fct_agent_day as agent_days
    where agent_days.interactions > 0
    group by agent_days.agent_id
),

launch as (
    select min(first_enrolments.enrolled_on) as launched_on
    from intermediate.int_first_enrolments as first_enrolments
),

teams as (
    select
        agents.agent_id,
        -- Of a person with several accounts the first by source, as in dim_agent.
        arg_min(
            agents.source || ':' || coalesce(agents.team_id, agents.team_name),
            cast(agents.valid_from as varchar) || agents.source
        ) as team
    from marts.dim_agent as agents
    group by agents.agent_id
)

select
    cast(agents.agent_id as varchar) as agent_id,
    teams.team,
    datediff('day', date '1970-01-01', least(coalesce(agents.hired_on, first_days.first_on), first_days.first_on)) as hired_day,
    datediff('day', date '1970-01-01', agents.left_on) as left_day,
    agents.left_reason,
    datediff('day', date '1970-01-01', first_enrolments.enrolled_on) as enrolled_day
from marts.dim_agent as agents
inner join first_days on agents.agent_id = first_days.agent_id
inner join teams on agents.agent_id = teams.agent_id
cross join launch
left join intermediate.int_first_enrolments as first_enrolments on agents.agent_id = first_enrolments.agent_id
where agents.is_current and least(coalesce(agents.hired_on, first_days.first_on), first_days.first_on) <= launch.launched_on
order by agents.agent_id
