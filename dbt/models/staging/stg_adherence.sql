-- Grain: one row per version of an interval an agent was scheduled for, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('adherence') }}
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
        versions.starts_at,
        versions.ends_at,
        versions.scheduled_ms,
        versions.adherent_ms
    from versions
)

select * from final
