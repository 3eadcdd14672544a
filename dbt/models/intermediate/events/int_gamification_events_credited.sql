-- Grain: one row per event that credits an action (points earned, or an engagement score).
-- attribution_weight splits an action over the challenges that paid it by their lifecycle weights; where none of them may
-- take the credit, unattributed_weight holds it. Together they sum to 1 over the events of an action. The equal_ weights
-- say the same without regard to the lifecycle.
with
events as (
    select * from {{ ref('int_gamification_events_resolved') }}
    where not is_empty and not is_unmapped and (points_milli is not null or engagement_ppm is not null)
),

states as (
    select * from {{ ref('int_challenge_states') }}
),

rules as (
    select * from {{ ref('int_lifecycle_rules') }}
),

weighed as (
    select
        events.event_key,
        events.action_key,
        events.agent_id,
        events.work_date,
        events.challenge_id,
        events.points_milli,
        states.status as challenge_status,
        case
            when events.challenge_id is null then 0.0
            else {{ lifecycle_weight('states.status', 'states.changed_on', 'events.work_date', 'rules') }}
        end as lifecycle_weight,
        case when events.challenge_id is null then 0.0 else 1.0 end as membership_weight
    from events
    cross join rules
    left join states
        on events.challenge_id = states.challenge_id
        and events.occurred_at >= states.valid_from
        and events.occurred_at < states.valid_to
),

-- A challenge that pays one action twice still has one claim to it.
claims as (
    select
        weighed.*,
        max(weighed.lifecycle_weight) over (partition by weighed.action_key, weighed.challenge_id)
        / count(*) over (partition by weighed.action_key, weighed.challenge_id) as lifecycle_claim,
        weighed.membership_weight
        / count(*) over (partition by weighed.action_key, weighed.challenge_id) as equal_claim
    from weighed
),

actions as (
    select
        claims.*,
        count(*) over (partition by claims.action_key) as event_count,
        min(claims.work_date) over (partition by claims.action_key) as credited_on,
        max(claims.points_milli) over (partition by claims.action_key) as action_points_milli,
        sum(claims.lifecycle_claim) over (partition by claims.action_key) as lifecycle_claims,
        sum(claims.equal_claim) over (partition by claims.action_key) as equal_claims
    from claims
),

final as (
    select
        actions.event_key,
        actions.action_key,
        actions.agent_id,
        actions.challenge_id,
        actions.work_date,
        actions.credited_on,
        actions.challenge_status,
        actions.points_milli,
        actions.action_points_milli,
        actions.lifecycle_weight,
        case
            when actions.lifecycle_claims > 0 then actions.lifecycle_claim / actions.lifecycle_claims else 0.0
        end as attribution_weight,
        case when actions.lifecycle_claims > 0 then 0.0 else 1.0 / actions.event_count end as unattributed_weight,
        case when actions.equal_claims > 0 then actions.equal_claim / actions.equal_claims else 0.0 end
            as equal_weight,
        case when actions.equal_claims > 0 then 0.0 else 1.0 / actions.event_count end
            as equal_unattributed_weight
    from actions
)

select * from final
