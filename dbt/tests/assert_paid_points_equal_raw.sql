-- The liability reconciles: what the marts show as paid is what the sources say was earned, row for row, except for the
-- agents nobody linked, and those are the rows the resolved events mark as unmapped. Overlap and decay delete nothing.
with
raw_points as (
    select
        count(*) as row_count,
        coalesce(sum(case when events.event_kind = 'points_earned' then events.points_milli end), 0) as points_milli
    from {{ as_of('gamification_event') }} as events
),

left_out as (
    select
        count(*) as row_count,
        coalesce(sum(events.points_milli), 0) as points_milli
    from {{ ref('int_gamification_events_resolved') }} as events
    where not events.is_empty and events.is_unmapped
),

shown as (
    select
        count(*) as row_count,
        coalesce(sum(events.points), 0) as points
    from {{ ref('fct_gamification_event') }} as events
),

months as (
    select coalesce(sum(months.points_paid), 0) as points from {{ ref('fct_program_month') }} as months
)

select
    raw_points.row_count as raw_rows,
    left_out.row_count as left_out_rows,
    shown.row_count as shown_rows,
    raw_points.points_milli as raw_points_milli,
    left_out.points_milli as left_out_points_milli,
    shown.points,
    months.points as month_points
from raw_points
cross join left_out
cross join shown
cross join months
where
    raw_points.row_count != left_out.row_count + shown.row_count
    or raw_points.points_milli != left_out.points_milli + shown.points * 1000
    or shown.points != months.points
