-- Grain: one row per version of an entry of gami's ledger, from every source; closed and deleted versions included.
with
versions as (
    {{ union_sources('ledger_entry') }}
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
        versions.award_key,
        versions.entry_no,
        versions.agent_id,
        versions.definition_id,
        versions.period_id,
        versions.tier,
        versions.kind,
        versions.action,
        versions.amount,
        versions.unit,
        versions.commit_state,
        versions.occurred_at,
        versions.posted_at,
        versions.rule_hash,
        versions.reason,
        versions.challenge_native_id,
        versions.challenge_source
    from versions
)

select * from final
