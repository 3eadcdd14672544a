with
credits as (
    select * from {{ ref('int_gamification_events_credited') }}
),

events as (
    select * from {{ ref('int_gamification_events_resolved') }}
    where not is_empty and not is_unmapped and (points_milli is not null or engagement_ppm is not null)
),

scored as (
    select
        events.action_key,
        cast(round(avg(events.engagement_ppm)) as bigint) as engagement_ppm,
        min(events.interaction_id) as interaction_id,
        min(events.action_type) as action_type,
        min(events.metric) as metric,
        min(events.occurred_at) as first_event_at,
        max(case when events.is_weak_key then 1 else 0 end) = 1 as is_weak_key
    from events
    group by events.action_key
),

credited as (
    select
        credits.action_key,
        credits.agent_id,
        credits.credited_on,
        count(*) as event_count,
        count(credits.points_milli) as point_event_count,
        count(distinct credits.challenge_id) as challenge_count,
        coalesce(sum(credits.points_milli), 0) as points_paid_milli,
        coalesce(max(credits.points_milli), 0) as points_credited_milli,
        sum(credits.unattributed_weight) as unattributed_share
    from credits
    group by credits.action_key, credits.agent_id, credits.credited_on
),

final as (
    select
        credited.action_key,
        credited.agent_id,
        scored.interaction_id,
        scored.action_type,
        scored.metric,
        scored.is_weak_key,
        credited.event_count,
        credited.point_event_count,
        credited.challenge_count,
        credited.point_event_count > 1 as is_overlap,
        {{ from_milli('credited.points_paid_milli') }} as points_paid,
        {{ from_milli('credited.points_credited_milli') }} as points_credited,
        scored.engagement_ppm / 1000000.0 as engagement,
        credited.unattributed_share,
        scored.first_event_at,
        credited.credited_on as work_date
    from credited
    inner join scored on credited.action_key = scored.action_key
)

select * from final
