-- Grain: one row per gamification event: whose it is, as what, at which local time, on which work_date, for which action.
-- A key that vanished stays as an empty row (is_empty), so that an incremental run and a full refresh agree above it.
{{ config(
    materialized='incremental',
    unique_key='event_key',
    post_hook=["{{ mark_applied('int_gamification_events_resolved', ['int_agent_spans', 'int_shift_days', 'int_source_spans']) }}"],
) }}
{%- if is_incremental() %}
{%- set changes = changes_since(
    'int_gamification_events_resolved',
    ['agent', 'identity', 'shift', 'setting', 'zone_offset'],
    ['int_agent_spans', 'int_shift_days', 'int_source_spans'],
) %}
{%- endif %}
with
{%- if is_incremental() %}
events as (
    select * from {{ pending_versions('int_gamification_events_resolved', 'gamification_event') }} as pending
    union all
    select * from {{ touched_versions('int_gamification_events_resolved', 'gamification_event', changes) }} as touched
),
{%- else %}
events as (
    select * from {{ as_of('gamification_event') }}
),
{%- endif %}

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

source_spans as (
    select * from {{ ref('int_source_spans') }}
),

shift_days as (
    select * from {{ ref('int_shift_days') }}
),

-- Few challenges, many events: a challenge is hashed once.
named_challenges as (
    select distinct
        events.source,
        events.challenge_native_id
    from events
    where events.challenge_native_id is not null
),

challenges as (
    select
        named_challenges.source,
        named_challenges.challenge_native_id,
        {{ durable_key('challenge', 'named_challenges.source', ['named_challenges.challenge_native_id']) }}
            as challenge_id
    from named_challenges
),

placed as (
    select
        events.*,
        agent_spans.agent_id,
        agent_spans.agent_key,
        challenges.challenge_id,
        shift_days.work_date as shift_work_date,
        coalesce(agent_spans.zone, source_spans.zone) as zone,
        coalesce(agent_spans.day_start_seconds, source_spans.day_start_seconds) as day_start_seconds,
        {{ local_time('events.event_at', 'coalesce(agent_spans.offset_seconds, source_spans.offset_seconds)') }}
            as timestamp_local
    from events
    left join agent_spans
        on events.subject_id = agent_spans.subject_id
        and events.event_at >= agent_spans.starts_at
        and events.event_at < agent_spans.ends_at
    left join source_spans
        on events.source = source_spans.source
        and events.event_at >= source_spans.starts_at
        and events.event_at < source_spans.ends_at
    left join shift_days
        on events.subject_id = shift_days.subject_id
        and cast(events.event_at as date) = shift_days.utc_date
        and events.event_at >= shift_days.starts_at
        and events.event_at < shift_days.ends_at
    left join challenges
        on events.source = challenges.source
        and events.challenge_native_id = challenges.challenge_native_id
),

final as (
    select
        placed.business_key as event_key,
        placed.is_deleted as is_empty,
        placed.source,
        placed.event_id,
        placed.subject_id,
        placed.agent_id,
        placed.agent_key,
        placed.agent_id is null as is_unmapped,
        placed.interaction_id,
        placed.metric,
        placed.event_kind,
        placed.action_type,
        placed.challenge_id,
        placed.badge_native_id,
        {{ action_key('placed') }} as action_key,
        placed.interaction_id is null as is_weak_key,
        placed.zone,
        placed.occurred_at,
        placed.timestamp_local,
        coalesce(
            placed.shift_work_date,
            cast({{ local_time('placed.timestamp_local', '-placed.day_start_seconds') }} as date)
        ) as work_date,
        case when placed.event_kind = 'points_earned' then placed.points_milli end as points_milli,
        case when placed.event_kind != 'leaderboard_update' then placed.engagement_ppm end as engagement_ppm
    from placed
)

select * from final
