-- Grain: one row per agent and work_date with scheduled time: how much of it was kept to.
with
intervals as (
    select * from {{ as_of('adherence') }}
),

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

shift_days as (
    select * from {{ ref('int_shift_days') }}
),

placed as (
    select
        agent_spans.agent_id,
        coalesce(
            shift_days.work_date,
            cast(
                {{ local_time('intervals.starts_at', 'agent_spans.offset_seconds - agent_spans.day_start_seconds') }}
                as date
            )
        ) as work_date,
        intervals.scheduled_ms,
        intervals.adherent_ms
    from intervals
    inner join agent_spans
        on intervals.subject_id = agent_spans.subject_id
        and intervals.starts_at >= agent_spans.starts_at
        and intervals.starts_at < agent_spans.ends_at
    left join shift_days
        on intervals.subject_id = shift_days.subject_id
        and cast(intervals.starts_at as date) = shift_days.utc_date
        and intervals.starts_at >= shift_days.starts_at
        and intervals.starts_at < shift_days.ends_at
),

-- An interval whose adherence is not known takes no part: it is neither kept nor missed.
final as (
    select
        placed.agent_id,
        placed.work_date,
        cast(sum(placed.scheduled_ms) as bigint) as scheduled_ms,
        cast(sum(placed.adherent_ms) as bigint) as adherent_ms
    from placed
    where placed.scheduled_ms is not null and placed.adherent_ms is not null
    group by placed.agent_id, placed.work_date
)

select * from final
