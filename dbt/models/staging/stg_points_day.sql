-- Grain: one row per version of an agent's points in a metric on a day, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('points_day') }}
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
        versions.metric,
        versions.work_date,
        versions.points_milli,
        versions.max_points_milli
    from versions
)

select * from final
