-- Grain: one row per span that a working shift covers and UTC date the span has a part of: a join on agent and date finds
-- the shift of an instant, where a join on the span alone would try every shift of the agent.
-- A shift covers what no later one takes over: where a later one ends before it, the earlier one goes on.
{{ config(post_hook=["{{ mark_applied('int_shift_days', ['int_agent_spans']) }}"]) }}
with
shifts as (
    select * from {{ ref('int_shifts') }}
    where not is_leave and covers_until > starts_at
),

days_later as (
    select 0 as days_later
    union all
    select 1 as days_later
    union all
    select 2 as days_later
),

-- Each part of a shift that a later one takes over. Shifts that cover anything start at different instants.
taken_over as (
    select
        shifts.shift_key,
        shifts.subject_id,
        shifts.work_date,
        shifts.ends_at,
        later_shifts.starts_at as taken_from,
        later_shifts.ends_at as taken_until
    from shifts
    cross join days_later
    inner join shifts as later_shifts
        on shifts.subject_id = later_shifts.subject_id
        and {{ add_days('cast(shifts.starts_at as date)', 'days_later.days_later') }}
        = cast(later_shifts.starts_at as date)
        and shifts.starts_at < later_shifts.starts_at
        and shifts.ends_at > later_shifts.starts_at
    where shifts.covers_until < shifts.ends_at
),

between_takeovers as (
    select
        taken_over.subject_id,
        taken_over.work_date,
        max(taken_over.taken_until) over (
            partition by taken_over.shift_key
            order by taken_over.taken_from
            rows between unbounded preceding and current row
        ) as starts_at,
        coalesce(
            lead(taken_over.taken_from) over (
                partition by taken_over.shift_key
                order by taken_over.taken_from
            ),
            taken_over.ends_at
        ) as ends_at
    from taken_over
),

spans as (
    select
        shifts.subject_id,
        shifts.work_date,
        shifts.starts_at,
        shifts.covers_until as ends_at
    from shifts
    union all
    select
        between_takeovers.subject_id,
        between_takeovers.work_date,
        between_takeovers.starts_at,
        between_takeovers.ends_at
    from between_takeovers
    where between_takeovers.starts_at < between_takeovers.ends_at
),

days as (
    select
        spans.subject_id,
        {{ add_days('cast(spans.starts_at as date)', 'days_later.days_later') }} as utc_date,
        spans.work_date,
        spans.starts_at,
        spans.ends_at
    from spans
    cross join days_later
),

final as (
    select
        days.subject_id,
        days.utc_date,
        days.work_date,
        days.starts_at,
        days.ends_at
    from days
    where days.utc_date < days.ends_at
)

select * from final
