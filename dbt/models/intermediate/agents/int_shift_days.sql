-- Grain: one row per working shift and UTC date it covers a part of: a join on agent and date finds the shift of an
-- instant, where a join on the span alone would try every shift of the agent.
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

days as (
    select
        shifts.subject_id,
        {{ add_days('cast(shifts.starts_at as date)', 'days_later.days_later') }} as utc_date,
        shifts.work_date,
        shifts.starts_at,
        shifts.covers_until as ends_at
    from shifts
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
