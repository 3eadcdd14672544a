-- Grain: one row per version of a milestone definition, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('milestone') }}
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
        versions.definition_id,
        versions.rule_hash,
        versions.name,
        versions.metric,
        versions.direction,
        versions.threshold_milli,
        versions.tier,
        versions.definition,
        versions.valid_from,
        versions.valid_to
    from versions
)

select * from final
