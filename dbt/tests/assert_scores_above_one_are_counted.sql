-- A score outside [0, 1] is never clamped in silence: each one is found again in overflow_count.
with
scored_actions as (
    select
        events.agent_id,
        events.work_date,
        events.action_key
    from {{ ref('int_gamification_events_resolved') }} as events
    where not events.is_empty and not events.is_unmapped and events.engagement_ppm is not null
    group by events.agent_id, events.work_date, events.action_key
    having avg(events.engagement_ppm) > 1000000
),

expected as (
    select count(*) as overflow_count from scored_actions
),

counted as (
    select coalesce(sum(days.overflow_count), 0) as overflow_count from {{ ref('fct_agent_day') }} as days
)

select
    expected.overflow_count as expected_overflows,
    counted.overflow_count as counted_overflows
from expected
cross join counted
where expected.overflow_count != counted.overflow_count
