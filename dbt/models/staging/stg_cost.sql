-- Grain: one row per version of a cost, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('cost') }}
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
        versions.cost_id,
        versions.kind,
        versions.incurred_on,
        versions.amount_minor,
        versions.currency,
        versions.challenge_native_id
    from versions
)

select * from final
