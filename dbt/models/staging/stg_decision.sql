-- Grain: one row per version of a decision of an evaluation, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('decision') }}
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
        versions.agent_id,
        versions.period_id,
        versions.verdict,
        versions.value_milli,
        versions.threshold_milli,
        versions.n,
        versions.window_from,
        versions.window_to,
        versions.rule_hash,
        versions.reasons
    from versions
)

select * from final
