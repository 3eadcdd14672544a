-- An instant belongs to one version, one person and one offset: overlapping spans would multiply facts.
with
spans as (
    select
        'agent' as kind,
        cast(agent_spans.subject_id as {{ dbt.type_string() }}) as owner,
        agent_spans.starts_at,
        agent_spans.ends_at
    from {{ ref('int_agent_spans') }} as agent_spans
    union all
    select
        'source' as kind,
        source_spans.source as owner,
        source_spans.starts_at,
        source_spans.ends_at
    from {{ ref('int_source_spans') }} as source_spans
    union all
    select distinct
        'shift' as kind,
        cast(shift_days.subject_id as {{ dbt.type_string() }}) as owner,
        shift_days.starts_at,
        shift_days.ends_at
    from {{ ref('int_shift_days') }} as shift_days
    union all
    select
        'queue' as kind,
        cast(queues.queue_id as {{ dbt.type_string() }}) as owner,
        queues.valid_from as starts_at,
        queues.valid_to as ends_at
    from {{ ref('int_queue_versions') }} as queues
),

ordered as (
    select
        spans.*,
        lead(spans.starts_at) over (partition by spans.kind, spans.owner order by spans.starts_at) as next_starts_at
    from spans
)

select
    ordered.kind,
    ordered.owner,
    ordered.starts_at,
    ordered.ends_at,
    ordered.next_starts_at
from ordered
where ordered.next_starts_at < ordered.ends_at
