-- Grain: one row per event that credits an action (points earned, or an engagement score).
-- attribution_weight splits an action over the challenges that paid it by their lifecycle weights; where none of them may
-- take the credit, unattributed_weight holds it. Together they sum to 1 over the events of an action. The equal_ weights
-- say the same without regard to the lifecycle. What holds for the whole action stands on each of its events.
-- An event that credits nothing any more stays as an empty row (is_empty).
{{ config(
    materialized='incremental',
    unique_key='event_key',
    post_hook=["{{ mark_applied('int_gamification_events_credited', ['int_gamification_events_resolved', 'int_challenge_states']) }}"],
) }}
-- depends_on: {{ ref('int_agent_links') }}
-- depends_on: {{ ref('int_dates') }}
-- depends_on: {{ ref('stg_challenge') }}
-- depends_on: {{ ref('stg_challenge_status') }}
{%- if is_incremental() %}
{%- set changes = changes_since(
    'int_gamification_events_credited',
    ['gamification_event', 'agent', 'identity', 'shift', 'setting', 'zone_offset'],
    ['int_gamification_events_resolved'],
) %}
{%- set reach = reach_of_changes(changes) %}
{%- endif %}
with
rules as (
    select * from {{ ref('int_lifecycle_rules') }}
),

{% if is_incremental() -%}
touched_days as (
    {{ touched_agent_days(changes, ref('int_gamification_events_resolved'), reach) }}
),

changed_challenges as (
    {%- for stream in ['challenge', 'challenge_status'] %}
    select {{ durable_key('challenge', 'versions.source', ['versions.challenge_native_id']) }} as challenge_id
    from {{ pending_versions('int_gamification_events_credited', stream, with_closed=true) }} as versions
    {%- if not loop.last %}
    union distinct
    {%- endif %}
    {%- endfor %}
),

-- The action an event belonged to, the one it belongs to now, those of changed challenges, and all under other rules.
touched as (
    select existing.action_key
    from {{ this }} as existing
    inner join touched_days
        on existing.agent_id = touched_days.agent_id
        and existing.work_date = touched_days.work_date
    where {{ within_reach('existing.work_date', reach) }}
    union distinct
    select resolved.action_key
    from {{ ref('int_gamification_events_resolved') }} as resolved
    inner join touched_days
        on resolved.agent_id = touched_days.agent_id
        and resolved.work_date = touched_days.work_date
    where {{ within_reach('resolved.work_date', reach) }}
    union distinct
    select resolved.action_key
    from {{ ref('int_gamification_events_resolved') }} as resolved
    inner join changed_challenges on resolved.challenge_id = changed_challenges.challenge_id
    union distinct
    select existing.action_key
    from {{ this }} as existing
    cross join rules
    where existing.rules_text != rules.rules_text
),

touched_events as (
    select
        existing.event_key,
        existing.action_key,
        existing.agent_id,
        existing.work_date,
        existing.occurred_at
    from {{ this }} as existing
    inner join touched on existing.action_key = touched.action_key
),

events as (
    select resolved.*
    from {{ ref('int_gamification_events_resolved') }} as resolved
    inner join touched on resolved.action_key = touched.action_key
    where
        not resolved.is_empty
        and not resolved.is_unmapped
        and (resolved.points_milli is not null or resolved.engagement_ppm is not null)
),
{%- else -%}
touched_events as (
    select
        cast(null as {{ type_key() }}) as event_key,
        cast(null as {{ type_key() }}) as action_key,
        cast(null as {{ type_key() }}) as agent_id,
        cast(null as date) as work_date,
        cast(null as {{ dbt.type_timestamp() }}) as occurred_at
    where false
),

events as (
    select resolved.*
    from {{ ref('int_gamification_events_resolved') }} as resolved
    where
        not resolved.is_empty
        and not resolved.is_unmapped
        and (resolved.points_milli is not null or resolved.engagement_ppm is not null)
),
{%- endif %}

states as (
    select * from {{ ref('int_challenge_states') }}
),

weighed as (
    select
        events.event_key,
        events.action_key,
        events.agent_id,
        events.challenge_id,
        events.occurred_at,
        events.work_date,
        events.points_milli,
        events.engagement_ppm,
        states.status as challenge_status,
        case
            when events.challenge_id is null then 0.0
            else {{ lifecycle_weight('states.status', 'states.changed_on', 'events.work_date', 'rules') }}
        end as lifecycle_weight,
        case when events.challenge_id is null then 0.0 else 1.0 end as membership_weight,
        rules.rules_text
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
        {{ as_float('max(weighed.lifecycle_weight) over (partition by weighed.action_key, weighed.challenge_id)') }}
        / count(*) over (partition by weighed.action_key, weighed.challenge_id) as lifecycle_claim,
        {{ as_float('weighed.membership_weight') }}
        / count(*) over (partition by weighed.action_key, weighed.challenge_id) as equal_claim
    from weighed
),

actions as (
    select
        claims.*,
        row_number() over (
            partition by claims.action_key
            order by claims.occurred_at, claims.event_key
        ) as event_no,
        count(*) over (partition by claims.action_key) as action_events,
        count(claims.points_milli) over (partition by claims.action_key) as action_point_events,
        min(claims.work_date) over (partition by claims.action_key) as credited_on,
        sum(claims.points_milli) over (partition by claims.action_key) as action_paid_milli,
        max(claims.points_milli) over (partition by claims.action_key) as action_points_milli,
        avg(claims.engagement_ppm) over (partition by claims.action_key) as action_engagement_ppm,
        sum(claims.lifecycle_claim) over (partition by claims.action_key) as lifecycle_claims,
        sum(claims.equal_claim) over (partition by claims.action_key) as equal_claims
    from claims
),

emptied as (
    select
        touched_events.event_key,
        touched_events.action_key,
        touched_events.agent_id,
        touched_events.work_date,
        touched_events.occurred_at
    from touched_events
    left join actions on touched_events.event_key = actions.event_key
    where actions.event_key is null
),

final as (
    select
        actions.event_key,
        false as is_empty,
        actions.action_key,
        actions.agent_id,
        actions.challenge_id,
        actions.occurred_at,
        actions.work_date,
        actions.credited_on,
        actions.challenge_status,
        actions.points_milli,
        actions.event_no,
        actions.action_events,
        actions.action_point_events,
        cast(round(actions.equal_claims) as bigint) as action_challenges,
        cast(coalesce(actions.action_paid_milli, 0) as bigint) as action_paid_milli,
        coalesce(actions.action_points_milli, 0) as action_points_milli,
        cast(round(actions.action_engagement_ppm) as bigint) as action_engagement_ppm,
        cast(actions.lifecycle_weight as {{ dbt.type_float() }}) as lifecycle_weight,
        cast(
            case when actions.lifecycle_claims > 0 then actions.lifecycle_claim / actions.lifecycle_claims else 0 end
            as {{ dbt.type_float() }}
        ) as attribution_weight,
        cast(
            case when actions.lifecycle_claims > 0 then 0 else {{ as_float(1) }} / actions.action_events end
            as {{ dbt.type_float() }}
        ) as unattributed_weight,
        cast(
            case when actions.equal_claims > 0 then actions.equal_claim / actions.equal_claims else 0 end
            as {{ dbt.type_float() }}
        ) as equal_weight,
        cast(
            case when actions.equal_claims > 0 then 0 else {{ as_float(1) }} / actions.action_events end
            as {{ dbt.type_float() }}
        ) as equal_unattributed_weight,
        actions.rules_text
    from actions
    union all
    select
        emptied.event_key,
        true as is_empty,
        emptied.action_key,
        emptied.agent_id,
        null as challenge_id,
        emptied.occurred_at,
        emptied.work_date,
        null as credited_on,
        null as challenge_status,
        null as points_milli,
        null as event_no,
        null as action_events,
        null as action_point_events,
        null as action_challenges,
        null as action_paid_milli,
        null as action_points_milli,
        null as action_engagement_ppm,
        null as lifecycle_weight,
        null as attribution_weight,
        null as unattributed_weight,
        null as equal_weight,
        null as equal_unattributed_weight,
        rules.rules_text
    from emptied
    cross join rules
)

select * from final
