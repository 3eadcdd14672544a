-- Grain: one row per source and team with somebody at work now: what a draw and its check need. Called by readTeams.
-- Agents are people: whoever passed their account on has left, although the account goes on.
-- Handle time is that of the 8 weeks before the first enrolment, or the latest 8 weeks where nobody is enrolled yet.
with
cut as (
    select coalesce(
        (select min(first_enrolments.enrolled_on) from intermediate.int_first_enrolments as first_enrolments),
        (select max(agent_days.work_date) + 1 from marts.fct_agent_day as agent_days where agent_days.interactions > 0)
    ) as cut_on
),

-- Null of those without an end, or who came back.
last_days as (
    select
        employment.agent_id,
        case when count(*) = count(employment.left_on) then max(employment.left_on) end as left_on
    from intermediate.int_employment as employment
    group by employment.agent_id
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
    left join last_days on agents.agent_id = last_days.agent_id
    left join intermediate.int_first_enrolments as first_enrolments on agents.agent_id = first_enrolments.agent_id
    where
        agents.is_current
        and coalesce(agents.team_id, agents.team_name) is not null
        and (last_days.left_on is null or last_days.left_on >= cut.cut_on)
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
),

-- The site most of the team have; of two as many have, the first by name.
sites as (
    select
        agents.source,
        agents.team,
        agents.site,
        row_number() over (partition by agents.source, agents.team order by count(*) desc, agents.site) as place
    from agents
    where agents.site is not null
    group by agents.source, agents.team, agents.site
),

tenures as (
    select
        agents.source,
        agents.team,
        days_between(agents.hired_on, cut.cut_on) as tenure_days,
        row_number() over (partition by agents.source, agents.team order by agents.hired_on) as place,
        count(*) over (partition by agents.source, agents.team) as agents
    from agents
    cross join cut
    where agents.hired_on is not null
),

-- The one in the middle, or the mean of the two.
medians as (
    select
        tenures.source,
        tenures.team,
        cast(round(avg(case when 2 * tenures.place between tenures.agents and tenures.agents + 2 then tenures.tenure_days end)) as integer)
            as tenure_days
    from tenures
    group by tenures.source, tenures.team
)

select
    agents.source,
    agents.team,
    coalesce(max(sites.site), '') as site,
    coalesce(max(medians.tenure_days), 0) as tenure_days,
    count(*) as agents,
    count(case when agents.is_enrolled then 1 end) as enrolled_agents,
    coalesce(sum(pasts.handle_seconds), 0) as handle_seconds,
    coalesce(sum(pasts.handle_count), 0) as handle_count
from agents
left join sites on agents.source = sites.source and agents.team = sites.team and sites.place = 1
left join medians on agents.source = medians.source and agents.team = medians.team
left join pasts on agents.agent_id = pasts.agent_id
group by agents.source, agents.team
order by agents.source, agents.team
