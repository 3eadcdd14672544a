-- Grain: one row per version of an agent's record, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('agent') }}
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
        versions.employee_id,
        versions.email_hmac,
        versions.display_name,
        versions.zone,
        versions.team_id,
        versions.team_name,
        versions.site,
        versions.role,
        versions.employment,
        versions.hired_on,
        versions.left_on,
        versions.left_reason,
        versions.is_active,
        versions.effective_at
    from versions
)

select * from final
