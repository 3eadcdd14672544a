-- Grain: one row per agent and work_date with gamification events; a day that lost its last one stays as an empty row
-- (is_empty). An event without a score says nothing about engagement: it is left out, never counted as zero.
{{ config(
    materialized='incremental',
    unique_key=['agent_id', 'work_date'],
    post_hook=["{{ mark_applied('int_gamification_by_agent_day', ['int_gamification_events_resolved']) }}"],
) }}
-- depends_on: {{ ref('int_agent_links') }}
-- depends_on: {{ ref('int_dates') }}
{%- if is_incremental() %}
{%- set changes = changes_since(
    'int_gamification_by_agent_day',
    streams_of('int_gamification_by_agent_day'),
    ['int_gamification_events_resolved'],
) %}
{%- set reach = reach_of_changes(changes) %}
{%- endif %}
with
{%- if is_incremental() %}
touched_days as (
    {{ touched_agent_days(changes, ref('int_gamification_events_resolved'), reach) }}
),

touched as (
    select
        existing.agent_id,
        existing.work_date
    from {{ this }} as existing
    where
        {{ within_reach('existing.work_date', reach) }}
        and {{ agent_day('existing') }} in (select {{ agent_day('touched_days') }} from touched_days)
),

events as (
    select resolved.*
    from {{ ref('int_gamification_events_resolved') }} as resolved
    where
        {{ within_reach('resolved.work_date', reach) }}
        and {{ agent_day('resolved') }} in (select {{ agent_day('touched_days') }} from touched_days)
        and not resolved.is_empty
),
{%- else %}
touched as (
    select
        cast(null as {{ type_key() }}) as agent_id,
        cast(null as date) as work_date
    where false
),

events as (
    select * from {{ ref('int_gamification_events_resolved') }}
    where not is_empty and agent_id is not null and work_date is not null
),
{%- endif %}

-- Two challenges that score one action do not make it two actions.
scores as (
    select
        events.agent_id,
        events.work_date,
        events.action_key,
        cast(round(avg(events.engagement_ppm)) as bigint) as engagement_ppm
    from events
    where events.engagement_ppm is not null
    group by events.agent_id, events.work_date, events.action_key
),

score_days as (
    select
        scores.agent_id,
        scores.work_date,
        cast(sum(scores.engagement_ppm) as bigint) as engagement_sum_ppm,
        count(*) as engagement_count,
        count(case when scores.engagement_ppm > 1000000 then 1 end) as overflow_count
    from scores
    group by scores.agent_id, scores.work_date
),

event_days as (
    select
        events.agent_id,
        events.work_date,
        cast(sum(events.points_milli) as bigint) as points_milli,
        count(*) as event_count,
        count(case when events.points_milli > 0 then 1 end) as point_event_count,
        count(case when events.event_kind = 'badge_awarded' then 1 end) as badge_count
    from events
    group by events.agent_id, events.work_date
),

emptied as (
    select
        touched.agent_id,
        touched.work_date
    from touched
    left join event_days
        on touched.agent_id = event_days.agent_id
        and touched.work_date = event_days.work_date
    where event_days.agent_id is null
),

final as (
    select
        event_days.agent_id,
        event_days.work_date,
        false as is_empty,
        score_days.engagement_sum_ppm,
        coalesce(score_days.engagement_count, 0) as engagement_count,
        coalesce(score_days.overflow_count, 0) as overflow_count,
        coalesce(event_days.points_milli, 0) as points_milli,
        event_days.event_count,
        event_days.point_event_count,
        event_days.badge_count
    from event_days
    left join score_days
        on event_days.agent_id = score_days.agent_id
        and event_days.work_date = score_days.work_date
    union all
    select
        emptied.agent_id,
        emptied.work_date,
        true as is_empty,
        null as engagement_sum_ppm,
        0 as engagement_count,
        0 as overflow_count,
        0 as points_milli,
        0 as event_count,
        0 as point_event_count,
        0 as badge_count
    from emptied
)

select * from final
