-- Grain: one row per version of a link between a platform's agent and a person, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('identity') }}
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
        versions.source_system,
        versions.agent_native_id,
        versions.effective_at,
        versions.agent_id,
        versions.method,
        versions.ends_at
    from versions
)

select * from final
