-- Grain: one row per version of an agent's day at a source that gives days only, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('performance_day') }}
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
        versions.agent_native_id,
        versions.work_date,
        versions.interactions,
        versions.talk_ms,
        versions.hold_ms,
        versions.after_call_ms,
        versions.handle_ms,
        versions.quality_sum_milli,
        versions.quality_count,
        versions.csat_sum_milli,
        versions.csat_count,
        versions.scheduled_ms,
        versions.adherent_ms
    from versions
)

select * from final
