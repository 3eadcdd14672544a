-- Grain: one row per enrolled agent: what the 8 weeks before the first enrolment looked like, as sum over sum.
-- They end on the day the programme was announced, where that was earlier: who expects it may already behave differently.
-- Weeks are counted back from that day; fewer than 4 with a contact are no baseline, and the reason says so.
with
enrolments as (
    select
        first_enrolments.agent_id,
        first_enrolments.enrolled_on,
        least(
            first_enrolments.enrolled_on,
            coalesce(settings.programme_announced_on, first_enrolments.enrolled_on)
        ) as baseline_ends_on
    from {{ ref('int_first_enrolments') }} as first_enrolments
    cross join {{ ref('int_finance_settings') }} as settings
),

agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

days_before as (
    select
        enrolments.agent_id,
        {{ dbt.datediff('agent_days.work_date', 'enrolments.baseline_ends_on', 'day') }} as days_before_end,
        agent_days.handle_count,
        agent_days.handle_seconds,
        agent_days.quality_sum,
        agent_days.quality_count
    from enrolments
    inner join agent_days
        on enrolments.agent_id = agent_days.agent_id
        and agent_days.work_date < enrolments.baseline_ends_on
),

weeks_before as (
    select
        days_before.agent_id,
        cast(floor((days_before.days_before_end - 1) / 7.0) as integer) as week_no,
        sum(days_before.handle_count) as contacts,
        sum(days_before.handle_seconds) as handle_seconds,
        sum(days_before.quality_sum) as quality_sum,
        sum(days_before.quality_count) as quality_count
    from days_before
    where days_before.days_before_end between 1 and 56
    group by days_before.agent_id, cast(floor((days_before.days_before_end - 1) / 7.0) as integer)
),

totals as (
    select
        weeks_before.agent_id,
        count(case when weeks_before.contacts > 0 then 1 end) as weeks_observed,
        sum(weeks_before.contacts) as contacts,
        sum(weeks_before.handle_seconds) as handle_seconds,
        sum(weeks_before.quality_sum) as quality_sum,
        sum(weeks_before.quality_count) as quality_count
    from weeks_before
    group by weeks_before.agent_id
),

final as (
    select
        enrolments.agent_id,
        enrolments.enrolled_on,
        coalesce(totals.weeks_observed, 0) as baseline_weeks,
        coalesce(totals.contacts, 0) as baseline_contacts,
        case
            when totals.weeks_observed >= 4 then {{ as_float('totals.handle_seconds') }} / nullif(totals.contacts, 0)
        end as baseline_handle_seconds,
        case
            when totals.weeks_observed >= 4 then {{ as_float('totals.quality_sum') }} / nullif(totals.quality_count, 0)
        end as baseline_quality,
        case
            when totals.agent_id is null then 'nothing observed in the 8 weeks before enrolment'
            when totals.weeks_observed < 4 then 'fewer than 4 of the 8 weeks before enrolment observed'
        end as baseline_reason
    from enrolments
    left join totals on enrolments.agent_id = totals.agent_id
)

select * from final
