-- Grain: one row per source, interaction, agent and segment; the agent is null where nobody took it.
-- Rows of an agent no link names, and rows without a date, stay out; int_interactions_left_out counts them.
{{ config(materialized='view') }}
with
interactions as (
    select * from {{ ref('int_interactions_resolved') }}
    where not is_empty and not is_unmapped and work_date is not null
),

final as (
    select
        interactions.interaction_key,
        interactions.source,
        interactions.interaction_id,
        interactions.segment_id,
        interactions.conversation_id,
        interactions.agent_id,
        interactions.agent_key,
        interactions.queue_id,
        interactions.queue_key,
        interactions.work_date,
        interactions.channel,
        interactions.direction,
        interactions.zone,
        interactions.outcome,
        interactions.is_handled,
        interactions.disposition_code,
        interactions.transferred_from,
        interactions.transferred_to,
        interactions.is_primary_agent,
        interactions.customer_key,
        cast(interactions.sentiment_ppm / 1000000.0 as {{ dbt.type_float() }}) as sentiment,
        interactions.priority,
        interactions.flags,
        {{ from_milli('interactions.queue_ms') }} as queue_seconds,
        {{ from_milli('interactions.talk_ms') }} as talk_seconds,
        {{ from_milli('interactions.hold_ms') }} as hold_seconds,
        {{ from_milli('interactions.after_call_ms') }} as after_call_seconds,
        {{ from_milli('interactions.other_ms') }} as other_seconds,
        {{ from_milli('interactions.handle_ms') }} as handle_seconds,
        interactions.event_at as timestamp_utc,
        interactions.timestamp_local,
        interactions.entered_at,
        interactions.started_at,
        interactions.ended_at
    from interactions
)

select * from final
