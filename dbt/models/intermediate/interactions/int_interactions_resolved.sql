-- Grain: one row per source, interaction, agent and segment: who took it, as what, at which local time, on which work_date.
-- A key that vanished stays as an empty row (is_empty), so that an incremental run and a full refresh agree above it.
-- depends_on: {{ ref('stg_queue') }}
{{ config(
    materialized='incremental',
    unique_key='interaction_key',
    post_hook=["{{ mark_applied('int_interactions_resolved', ['int_agent_spans', 'int_shift_days', 'int_queue_versions', 'int_source_spans']) }}"],
) }}
{%- if is_incremental() %}
{%- set changes = changes_since(
    'int_interactions_resolved',
    ['agent', 'identity', 'shift', 'setting', 'zone_offset'],
    ['int_agent_spans', 'int_shift_days', 'int_source_spans'],
) %}
{%- set keys_of_changed_queues = none %}
{%- if has_pending('int_interactions_resolved', 'queue') %}
{%- set keys_of_changed_queues %}
    select named.business_key
    from {{ as_of('interaction') }} as named
    inner join {{ pending_versions('int_interactions_resolved', 'queue', with_closed=true) }} as queues
        on named.source = queues.source
        and named.queue_native_id = queues.queue_native_id
{%- endset %}
{%- endif %}
{%- endif %}
with
{%- if is_incremental() %}
interactions as (
    select * from {{ pending_versions('int_interactions_resolved', 'interaction') }} as pending
    union all
    select *
    from {{ touched_versions('int_interactions_resolved', 'interaction', changes, keys_of_changed_queues) }} as touched
),
{%- else %}
interactions as (
    select * from {{ as_of('interaction') }}
),
{%- endif %}

queue_versions as (
    select * from {{ ref('int_queue_versions') }}
),

placed as (
    select
        interactions.*,
        queue_versions.queue_id,
        queue_versions.queue_key,
        {{ local_day_columns('interactions') }}
    from interactions
    {{ local_day_joins('interactions') }}
    left join queue_versions
        on interactions.source = queue_versions.source
        and interactions.queue_native_id = queue_versions.queue_native_id
        and interactions.event_at >= queue_versions.valid_from
        and interactions.event_at < queue_versions.valid_to
),

final as (
    select
        placed.business_key as interaction_key,
        placed.is_deleted as is_empty,
        placed.source,
        placed.interaction_id,
        placed.segment_id,
        placed.conversation_id,
        placed.subject_id,
        placed.agent_id,
        placed.agent_key,
        placed.subject_id is not null and placed.agent_id is null as is_unmapped,
        placed.queue_id,
        placed.queue_key,
        placed.channel,
        placed.direction,
        placed.zone,
        placed.event_at,
        placed.timestamp_local,
        {{ local_work_date('placed') }} as work_date,
        placed.outcome,
        placed.outcome = 'answered' and placed.agent_id is not null as is_handled,
        placed.disposition_code,
        placed.transferred_from,
        placed.transferred_to,
        placed.is_primary_agent,
        placed.customer_key,
        placed.sentiment_ppm,
        placed.priority,
        placed.flags,
        placed.queue_ms,
        placed.talk_ms,
        placed.hold_ms,
        placed.after_call_ms,
        placed.other_ms,
        {{ handle_ms('placed') }} as handle_ms,
        placed.entered_at,
        placed.started_at,
        placed.ended_at
    from placed
)

select * from final
