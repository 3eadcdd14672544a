with
entries as (
    select * from {{ as_of('ledger_entry') }}
    where kind = 'award'
),

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

milestones as (
    select * from {{ ref('dim_milestone') }}
),

-- A ledger entry names the person, who may work under several native ids: any of them stands for the version.
placed as (
    select
        entries.*,
        agent_spans.agent_key,
        {{ local_time('entries.occurred_at', 'coalesce(agent_spans.offset_seconds, 0)') }} as timestamp_local,
        row_number() over (
            partition by entries.business_key
            order by agent_spans.agent_key
        ) as any_version_first
    from entries
    left join agent_spans
        on entries.agent_id = cast(agent_spans.agent_id as {{ dbt.type_string() }})
        and entries.occurred_at >= agent_spans.starts_at
        and entries.occurred_at < agent_spans.ends_at
),

final as (
    select
        placed.business_key as ledger_entry_key,
        placed.award_key,
        placed.entry_no,
        placed.agent_key,
        {{ dbt.safe_cast('placed.agent_id', type_key()) }} as agent_id,
        milestones.milestone_key,
        placed.definition_id,
        placed.period_id,
        placed.tier,
        placed.action,
        cast(case placed.action when 'grant' then 1 when 'reverse' then -1 else 0 end as bigint) as award_count,
        placed.commit_state,
        placed.occurred_at as timestamp_utc,
        placed.timestamp_local,
        cast(placed.timestamp_local as date) as work_date,
        placed.posted_at,
        placed.rule_hash,
        placed.reason
    from placed
    left join milestones
        on placed.definition_id = milestones.definition_id
        and placed.rule_hash = milestones.rule_hash
    where placed.any_version_first = 1
)

select * from final
