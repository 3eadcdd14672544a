-- Grain: one row: who is at work in the panel's weeks, from $1 to $2, the launch, and the cost up to the end of the month
-- of $3, the last day of the weeks compared. Called by readSize.
with
enrolments as (
    select
        first_enrolments.agent_id,
        first_enrolments.enrolled_on,
        baselines.baseline_handle_seconds is not null as has_past
    from intermediate.int_first_enrolments as first_enrolments
    left join intermediate.int_baselines_by_agent as baselines on first_enrolments.agent_id = baselines.agent_id
),

worked as (
    select
        agent_weeks.agent_id,
        min(agent_weeks.week_start_date) as first_week
    from marts.fct_agent_week as agent_weeks
    where agent_weeks.handle_count > 0 and agent_weeks.week_start_date + 6 <= cast($2 as date)
    group by agent_weeks.agent_id
),

cohorts as (
    select
        week_start(enrolments.enrolled_on) as treated_from,
        count(*) as agents
    from enrolments
    group by treated_from
),

launch as (
    select coalesce(min(case when cohorts.agents >= 5 then cohorts.treated_from end), min(cohorts.treated_from)) as launch_week
    from cohorts
),

contacts as (
    select
        coalesce(sum(agent_weeks.handle_count), 0) as treated_contacts,
        coalesce(sum(case when agent_weeks.week_start_date < week_start(enrolments.enrolled_on) + 14
            then agent_weeks.handle_count end), 0) as operational_contacts,
        count(distinct agent_weeks.agent_id) as treated_agents,
        cast(coalesce(sum(agent_weeks.employed_days), 0) as double) / 30.4375 as treated_agent_months
    from marts.fct_agent_week as agent_weeks
    inner join enrolments on agent_weeks.agent_id = enrolments.agent_id and enrolments.has_past
    where
        agent_weeks.week_start_date >= week_start(enrolments.enrolled_on)
        and agent_weeks.week_start_date >= cast($1 as date)
        and agent_weeks.week_start_date + 6 <= cast($2 as date)
)

select
    launch.launch_week,
    (select count(*) from worked where worked.first_week >= launch.launch_week) as agents_after_launch,
    (
        select count(*)
        from enrolments
        where not enrolments.has_past
    ) as enrolled_without_past,
    contacts.treated_contacts,
    contacts.operational_contacts,
    contacts.treated_agents,
    contacts.treated_agent_months,
    (
        select coalesce(sum(costs.amount_minor), 0)
        from intermediate.int_costs as costs
        where costs.is_counted and costs.year_month between substr($1, 1, 7) and substr($3, 1, 7)
    ) as cost_minor,
    (
        select count(*)
        from intermediate.int_costs as costs
        where costs.is_counted and costs.year_month between substr($1, 1, 7) and substr($3, 1, 7)
    ) as cost_entries
from launch
cross join contacts
