-- Grain: one row per agent employed before the launch, with the days that attrition counts. Called by readEmployments.
-- Who was hired later is left out on both sides; of who came back the stint counts that the launch found, or last ended before
-- it. Without a hiring date the first day at work stands for it.
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
),

stints as (
    select
        employment.agent_id,
        case
            when employment.stint_no = 1 then least(coalesce(employment.hired_on, first_days.first_on), first_days.first_on)
            else employment.hired_on
        end as hired_on,
        employment.left_on,
        employment.left_reason
    from intermediate.int_employment as employment
    inner join first_days on employment.agent_id = first_days.agent_id
),

at_launch as (
    select
        stints.agent_id,
        stints.hired_on,
        stints.left_on,
        stints.left_reason,
        row_number() over (partition by stints.agent_id order by stints.hired_on desc) as last_first
    from stints
    cross join launch
    where stints.hired_on <= launch.launched_on
)

select
    cast(at_launch.agent_id as varchar) as agent_id,
    first_teams.team,
    days_between(date '1970-01-01', at_launch.hired_on) as hired_day,
    days_between(date '1970-01-01', at_launch.left_on) as left_day,
    at_launch.left_reason,
    days_between(date '1970-01-01', first_enrolments.enrolled_on) as enrolled_day
from at_launch
left join first_teams on at_launch.agent_id = first_teams.agent_id
left join intermediate.int_first_enrolments as first_enrolments on at_launch.agent_id = first_enrolments.agent_id
where at_launch.last_first = 1
order by at_launch.agent_id
