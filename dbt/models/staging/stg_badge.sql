-- Grain: one row per version of a badge, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('badge') }}
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
        versions.badge_native_id,
        versions.name,
        versions.tier,
        versions.criteria
    from versions
)

select * from final
