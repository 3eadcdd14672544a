-- Grain: one row per agent and work_date from the first enrolment on, whether the agent still takes part or not, as long
-- as employed or at work: an evaluation that comes after the agent left makes no agent-days.
-- The change against the agent's own baseline: an association, no proof. Days without a baseline stay null, with a reason.
with
baselines as (
    select * from {{ ref('int_baselines_by_agent') }}
),

agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

enrolled_days as (
    select
        agent_days.agent_id,
        agent_days.work_date,
        agent_days.year_month,
        agent_days.is_employed or agent_days.interactions > 0 as is_under_programme,
        {{ dbt.datediff('baselines.enrolled_on', 'agent_days.work_date', 'day') }} as days_since_enrolment,
        agent_days.handle_count as contacts,
        agent_days.handle_seconds,
        agent_days.quality_sum,
        agent_days.quality_count,
        baselines.baseline_handle_seconds,
        baselines.baseline_quality,
        baselines.baseline_reason
    from baselines
    inner join agent_days
        on baselines.agent_id = agent_days.agent_id
        and agent_days.work_date >= baselines.enrolled_on
),

quality_months as (
    select
        enrolled_days.agent_id,
        enrolled_days.year_month,
        {{ as_float('sum(enrolled_days.quality_sum)') }} / nullif(sum(enrolled_days.quality_count), 0) as quality
    from enrolled_days
    group by enrolled_days.agent_id, enrolled_days.year_month
),

final as (
    select
        enrolled_days.agent_id,
        enrolled_days.work_date,
        enrolled_days.year_month,
        enrolled_days.days_since_enrolment,
        enrolled_days.contacts,
        enrolled_days.handle_seconds,
        case when enrolled_days.baseline_handle_seconds is not null then enrolled_days.contacts end
            as compared_contacts,
        enrolled_days.baseline_handle_seconds * enrolled_days.contacts - enrolled_days.handle_seconds
            as handle_seconds_saved,
        (quality_months.quality - enrolled_days.baseline_quality)
        / extract(day from {{ dbt.last_day('enrolled_days.work_date', 'month') }}) as quality_points_gained,
        enrolled_days.baseline_reason
    from enrolled_days
    inner join quality_months
        on enrolled_days.agent_id = quality_months.agent_id
        and enrolled_days.year_month = quality_months.year_month
    where enrolled_days.is_under_programme
)

select * from final
