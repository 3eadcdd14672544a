-- Grain: one row per source and team with somebody at work now: what a draw and its check need. Called by readTeams.
-- Handle time is that of the 8 weeks before the first enrolment, or the latest 8 weeks where nobody is enrolled yet.
with
cut as (
    select coalesce(
        (select min(first_enrolments.enrolled_on) from intermediate.int_first_enrolments as first_enrolments),
        (select max(agent_days.work_date) + 1 from marts.fct_agent_day as agent_days where agent_days.interactions > 0)
    ) as cut_on
),

agents as (
    select
        agents.agent_id,
        agents.source,
        coalesce(agents.team_id, agents.team_name) as team,
        agents.site,
        agents.hired_on,
        first_enrolments.agent_id is not null as is_enrolled
    from marts.dim_agent as agents
    cross join cut
    left join intermediate.int_first_enrolments as first_enrolments on agents.agent_id = first_enrolments.agent_id
    where
        agents.is_current
        and coalesce(agents.team_id, agents.team_name) is not null
        and (agents.left_on is null or agents.left_on >= cut.cut_on)
        and coalesce(agents.is_active, true)
),

pasts as (
    select
        agent_days.agent_id,
        sum(agent_days.handle_seconds) as handle_seconds,
        sum(agent_days.handle_count) as handle_count
    from marts.fct_agent_day as agent_days
    cross join cut
    where agent_days.work_date >= cut.cut_on - 56 and agent_days.work_date < cut.cut_on
    group by agent_days.agent_id
)

select
    agents.source,
    agents.team,
    coalesce(mode(agents.site), '') as site,
    coalesce(cast(median(datediff('day', agents.hired_on, cut.cut_on)) as integer), 0) as tenure_days,
    count(*) as agents,
    count(case when agents.is_enrolled then 1 end) as enrolled_agents,
    coalesce(sum(pasts.handle_seconds), 0) as handle_seconds,
    coalesce(sum(pasts.handle_count), 0) as handle_count
from agents
cross join cut
left join pasts on agents.agent_id = pasts.agent_id
group by agents.source, agents.team
order by agents.source, agents.team
