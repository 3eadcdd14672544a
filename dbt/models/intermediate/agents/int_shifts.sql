-- Grain: one row per shift of an agent, leave included.
-- work_date is the local date the shift starts on. Where two shifts overlap the later one takes over; covers_until says
-- when one first does, and int_shift_days what the earlier one covers afterwards. What is longer than 36 hours is no shift
-- and covers nothing.
with
shifts as (
    select * from {{ as_of('shift') }}
),

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

offsets as (
    select * from {{ source('meta', 'zone_offset') }}
),

placed as (
    select
        shifts.business_key as shift_key,
        shifts.subject_id,
        agent_spans.agent_id,
        shifts.source,
        shifts.shift_native_id,
        shifts.starts_at,
        shifts.ends_at,
        coalesce(shifts.is_leave, false) as is_leave,
        coalesce(shifts.zone, agent_spans.zone) as zone,
        cast(
            {{ local_time('shifts.starts_at', 'coalesce(offsets.offset_seconds, agent_spans.offset_seconds)') }} as date
        ) as work_date,
        {{ seconds_between('shifts.starts_at', 'shifts.ends_at') }} as shift_seconds
    from shifts
    inner join agent_spans
        on shifts.subject_id = agent_spans.subject_id
        and shifts.starts_at >= agent_spans.starts_at
        and shifts.starts_at < agent_spans.ends_at
    left join offsets
        on shifts.zone = offsets.zone
        and shifts.starts_at >= offsets.starts_at
        and shifts.starts_at < offsets.ends_at
),

ordered as (
    select
        placed.*,
        lead(placed.starts_at) over (
            partition by placed.subject_id, placed.is_leave
            order by placed.starts_at, placed.ends_at, placed.shift_native_id
        ) as next_starts_at
    from placed
    where placed.shift_seconds > 0 and placed.shift_seconds <= 36 * 3600
),

final as (
    select
        ordered.shift_key,
        ordered.subject_id,
        ordered.agent_id,
        ordered.source,
        ordered.is_leave,
        ordered.zone,
        ordered.work_date,
        ordered.shift_seconds,
        ordered.starts_at,
        ordered.ends_at,
        case
            when ordered.next_starts_at < ordered.ends_at then ordered.next_starts_at else ordered.ends_at
        end as covers_until
    from ordered
)

select * from final
