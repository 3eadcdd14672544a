-- Grain: one row per version of a challenge, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('challenge') }}
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
        versions.challenge_native_id,
        versions.name,
        versions.metric,
        versions.direction,
        versions.threshold_milli,
        versions.points_per_unit_milli,
        versions.multiplier_milli,
        versions.starts_at,
        versions.ends_at,
        versions.budget_minor,
        versions.currency
    from versions
)

select * from final
