with
score_days as (
    select * from {{ as_of('points_day') }}
),

entries as (
    select * from {{ as_of('ledger_entry') }}
    where kind = 'points'
),

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

-- A day has no instant: the agent is taken as at noon of it, UTC.
day_lines as (
    select
        score_days.business_key as points_key,
        score_days.source,
        'platform_day' as origin,
        agent_spans.agent_id,
        agent_spans.agent_key,
        score_days.metric,
        score_days.work_date,
        score_days.points_milli,
        score_days.max_points_milli,
        'final' as commit_state
    from score_days
    inner join agent_spans
        on score_days.subject_id = agent_spans.subject_id
        and {{ add_seconds('cast(score_days.work_date as ' ~ dbt.type_timestamp() ~ ')', 43200) }}
        >= agent_spans.starts_at
        and {{ add_seconds('cast(score_days.work_date as ' ~ dbt.type_timestamp() ~ ')', 43200) }}
        < agent_spans.ends_at
),

-- A ledger entry names the person, who may work under several native ids: any of them stands for the version.
placed_entries as (
    select
        entries.*,
        agent_spans.agent_id as known_agent_id,
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

ledger_lines as (
    select
        placed_entries.business_key as points_key,
        placed_entries.source,
        'ledger' as origin,
        {{ dbt.safe_cast('placed_entries.agent_id', type_key()) }} as agent_id,
        placed_entries.agent_key,
        placed_entries.definition_id as metric,
        cast(placed_entries.timestamp_local as date) as work_date,
        placed_entries.amount as points_milli,
        cast(null as bigint) as max_points_milli,
        placed_entries.commit_state
    from placed_entries
    where placed_entries.any_version_first = 1
),

lines as (
    select * from day_lines
    union all
    select * from ledger_lines
),

final as (
    select
        lines.points_key,
        lines.agent_key,
        lines.agent_id,
        lines.source,
        lines.origin,
        lines.metric,
        {{ from_milli('lines.points_milli') }} as points,
        {{ from_milli('lines.max_points_milli') }} as max_points,
        lines.commit_state,
        lines.work_date
    from lines
)

select * from final
