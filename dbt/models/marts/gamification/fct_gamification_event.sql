with
events as (
    select
        resolved.*,
        lag(resolved.occurred_at) over (
            partition by resolved.agent_id
            order by resolved.occurred_at, resolved.event_key
        ) as previous_event_at
    from {{ ref('int_gamification_events_resolved') }} as resolved
    where not resolved.is_empty and not resolved.is_unmapped
),

credits as (
    select * from {{ ref('int_gamification_events_credited') }}
    where not is_empty
),

challenges as (
    select * from {{ ref('dim_challenge') }}
),

badges as (
    select * from {{ ref('dim_badge') }}
),

final as (
    select
        events.event_key,
        events.action_key,
        events.agent_key,
        events.agent_id,
        challenges.challenge_key,
        events.challenge_id,
        badges.badge_key,
        badges.badge_id,
        events.source,
        events.event_id,
        events.interaction_id,
        events.metric,
        events.event_kind,
        events.action_type,
        events.is_weak_key,
        credits.event_key is not null as is_credited,
        {{ from_milli('events.points_milli') }} as points,
        {{ as_float('events.engagement_ppm') }} / 1000000.0 as engagement,
        credits.challenge_status,
        credits.lifecycle_weight,
        credits.attribution_weight,
        credits.unattributed_weight,
        events.occurred_at as timestamp_utc,
        events.timestamp_local,
        events.zone,
        events.work_date,
        {{ seconds_between('events.previous_event_at', 'events.occurred_at') }} / 3600.0
            as hours_since_previous_event
    from events
    left join credits on events.event_key = credits.event_key
    left join challenges
        on events.challenge_id = challenges.challenge_id
        and events.occurred_at >= challenges.valid_from
        and events.occurred_at < challenges.valid_to
    left join badges
        on events.source = badges.source
        and events.badge_native_id = badges.badge_native_id
        and events.occurred_at >= badges.valid_from
        and events.occurred_at < badges.valid_to
)

select * from final
