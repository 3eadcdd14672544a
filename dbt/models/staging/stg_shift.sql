-- Grain: one row per version of a shift, leave included, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('shift') }}
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
        versions.shift_native_id,
        versions.agent_native_id,
        versions.starts_at,
        versions.ends_at,
        versions.zone,
        versions.published_at,
        versions.is_leave
    from versions
)

select * from final
