-- Grain: one row: who was enrolled, with what past, and who was not, among the agents at work from $1 to $2.
-- Called by readEnrolment.
with
worked as (
    select distinct agent_days.agent_id
    from marts.fct_agent_day as agent_days
    where agent_days.work_date between cast($1 as date) and cast($2 as date) and agent_days.interactions > 0
)

select
    (select count(*) from intermediate.int_first_enrolments) as enrolled_agents,
    (select min(enrolments.enrolled_on) from intermediate.int_first_enrolments as enrolments) as first_on,
    (
        select sorted_list(enrolments.allocation)
        from intermediate.int_first_enrolments as enrolments
    ) as allocations,
    (
        select count(*)
        from intermediate.int_baselines_by_agent as baselines
        where baselines.baseline_handle_seconds is not null
    ) as with_baseline,
    (
        select count(*)
        from worked
        left join intermediate.int_first_enrolments as enrolments on worked.agent_id = enrolments.agent_id
        where enrolments.agent_id is null
    ) as never_enrolled
