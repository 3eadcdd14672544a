-- Grain: one row per version of one agent's part of an interaction, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('interaction') }}
),

final as (
    select
        versions.business_key,
        versions.source,
        versions.revision,
        versions.row_hash,
        versions.seq,
        versions.superseded_seq,
        versions.is_deleted,
        versions.subject_id,
        versions.event_at,
        versions.recorded_at,
        versions.batch_id,
        versions.mapper_version,
        versions.interaction_id,
        versions.agent_native_id,
        versions.segment_id,
        versions.conversation_id,
        versions.queue_native_id,
        versions.channel,
        versions.direction,
        versions.entered_at,
        versions.queue_ms,
        versions.started_at,
        versions.ended_at,
        versions.talk_ms,
        versions.hold_ms,
        versions.after_call_ms,
        versions.other_ms,
        versions.handle_ms,
        versions.outcome,
        versions.disposition_code,
        versions.transferred_from,
        versions.transferred_to,
        versions.is_primary_agent,
        versions.customer_key,
        versions.sentiment_ppm,
        versions.source_updated_at,
        versions.priority,
        versions.flags
    from versions
)

select * from final
