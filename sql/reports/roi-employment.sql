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

first_teams as (
    {first-teams}
)

select
    cast(agents.agent_id as varchar) as agent_id,
    first_teams.team,
    days_between(date '1970-01-01', least(coalesce(agents.hired_on, first_days.first_on), first_days.first_on)) as hired_day,
    days_between(date '1970-01-01', agents.left_on) as left_day,
    agents.left_reason,
    days_between(date '1970-01-01', first_enrolments.enrolled_on) as enrolled_day
from marts.dim_agent as agents
inner join first_days on agents.agent_id = first_days.agent_id
left join first_teams on agents.agent_id = first_teams.agent_id
cross join launch
left join intermediate.int_first_enrolments as first_enrolments on agents.agent_id = first_enrolments.agent_id
where agents.is_current and least(coalesce(agents.hired_on, first_days.first_on), first_days.first_on) <= launch.launched_on
order by agents.agent_id
