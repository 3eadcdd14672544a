-- Grain: one row per version of an agent's enrolment in a programme or challenge, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('enrolment') }}
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
        versions.programme,
        versions.agent_native_id,
        versions.enrolled_at,
        versions.ends_at,
        versions.allocation
    from versions
)

select * from final
