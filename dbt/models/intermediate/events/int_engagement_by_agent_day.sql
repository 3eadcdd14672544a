-- Grain: one row per agent and work_date with at least one gamification event: sums and counts, never averages.
{{ config(materialized='view') }}
with
days as (
    select * from {{ ref('int_gamification_by_agent_day') }}
    where not is_empty
),

final as (
    select
        days.agent_id,
        days.work_date,
        days.engagement_sum_ppm,
        days.engagement_count,
        days.overflow_count,
        days.points_milli,
        days.event_count,
        days.point_event_count,
        days.badge_count
    from days
)

select * from final
