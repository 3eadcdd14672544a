-- Grain: one row per version of an evaluation, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('evaluation') }}
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
        versions.evaluation_id,
        versions.interaction_id,
        versions.agent_native_id,
        versions.form_id,
        versions.score_milli,
        versions.max_score_milli,
        versions.evaluated_at,
        versions.released_at
    from versions
)

select * from final
