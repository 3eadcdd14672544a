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
        challenges.challenge_id,
        {{ local_day_columns('events') }}
    from events
    {{ local_day_joins('events') }}
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
        {{ local_work_date('placed') }} as work_date,
        case when placed.event_kind = 'points_earned' then placed.points_milli end as points_milli,
        case when placed.event_kind != 'leaderboard_update' then placed.engagement_ppm end as engagement_ppm
    from placed
)

select * from final
