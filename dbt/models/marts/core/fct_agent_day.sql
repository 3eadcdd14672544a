-- Grain: one row per agent and work_date of the roster, silent days included.
with
agent_days as (
    select * from {{ ref('int_agent_days_rolled') }}
    where not is_empty
),

final as (
    select
        agent_days.agent_id,
        agent_days.agent_key,
        agent_days.work_date,
        agent_days.year_month,
        agent_days.iso_week,
        agent_days.is_employed,
        agent_days.is_scheduled,
        agent_days.is_on_leave,
        agent_days.handle_basis,
        agent_days.quality_basis,
        agent_days.csat_basis,
        agent_days.adherence_basis,
        agent_days.has_average_without_count,
        agent_days.handle_state,
        agent_days.quality_state,
        agent_days.interactions,
        agent_days.handle_count,
        agent_days.talk_seconds,
        agent_days.hold_seconds,
        agent_days.after_call_seconds,
        agent_days.handle_seconds,
        agent_days.quality_sum,
        agent_days.quality_count,
        agent_days.csat_sum,
        agent_days.csat_count,
        agent_days.scheduled_seconds,
        agent_days.adherent_seconds,
        agent_days.engagement_sum_ppm,
        agent_days.engagement_count,
        agent_days.overflow_count,
        agent_days.engagement,
        agent_days.points,
        agent_days.event_count,
        agent_days.engagement_7d,
        agent_days.engagement_7d_days_used,
        agent_days.engagement_28d,
        agent_days.engagement_28d_days_used,
        agent_days.engagement_90d,
        agent_days.engagement_90d_days_used,
        agent_days.engagement_stability_28d,
        agent_days.coverage_7d,
        agent_days.coverage_28d,
        agent_days.coverage_90d,
        agent_days.points_7d,
        agent_days.points_28d,
        agent_days.points_90d,
        agent_days.handle_seconds_per_interaction_28d,
        agent_days.handle_28d_days_used,
        agent_days.quality_28d,
        agent_days.quality_28d_count
    from agent_days
)

select * from final
