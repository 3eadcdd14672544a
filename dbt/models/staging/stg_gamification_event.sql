-- Grain: one row per version of a gamification event, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('gamification_event') }}
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
        versions.event_id,
        versions.agent_native_id,
        versions.interaction_id,
        versions.metric,
        versions.occurred_at,
        versions.event_kind,
        versions.action_type,
        versions.challenge_native_id,
        versions.badge_native_id,
        versions.points_milli,
        versions.engagement_ppm
    from versions
)

select * from final
