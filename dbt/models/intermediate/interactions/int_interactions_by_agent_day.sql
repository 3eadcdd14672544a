-- Grain: one row per agent and work_date with interactions; a day that lost its last one stays as an empty row (is_empty).
-- Milliseconds and counts only: averages are divided last, by whoever shows them.
-- depends_on: {{ ref('int_agent_links') }}, {{ ref('int_dates') }}
{{ config(
    materialized='incremental',
    unique_key=['agent_id', 'work_date'],
    post_hook=["{{ mark_applied('int_interactions_by_agent_day', ['int_interactions_resolved']) }}"],
) }}
{%- if is_incremental() %}
{%- set changes = changes_since(
    'int_interactions_by_agent_day',
    streams_of('int_interactions_by_agent_day'),
    ['int_interactions_resolved'],
) %}
{%- set reach = reach_of_changes(changes) %}
{%- endif %}
with
{%- if is_incremental() %}
touched_days as (
    {{ touched_agent_days(changes, ref('int_interactions_resolved'), reach) }}
),

touched as (
    select
        existing.agent_id,
        existing.work_date
    from {{ this }} as existing
    where
        {{ within_reach('existing.work_date', reach) }}
        and {{ agent_day('existing') }} in (select {{ agent_day('touched_days') }} from touched_days)
),

interactions as (
    select interactions.*
    from {{ ref('int_interactions_resolved') }} as interactions
    where
        {{ within_reach('interactions.work_date', reach) }}
        and {{ agent_day('interactions') }} in (select {{ agent_day('touched_days') }} from touched_days)
),
{%- else %}
touched as (
    select
        cast(null as {{ type_key() }}) as agent_id,
        cast(null as date) as work_date
    where false
),

interactions as (
    select * from {{ ref('int_interactions_resolved') }}
),
{%- endif %}

days as (
    select
        interactions.agent_id,
        interactions.work_date,
        count(*) as segments,
        count(case when interactions.is_handled then 1 end) as interactions,
        count(case when interactions.is_handled then interactions.handle_ms end) as handle_count,
        cast(sum(case when interactions.is_handled then interactions.talk_ms end) as bigint) as talk_ms,
        cast(sum(case when interactions.is_handled then interactions.hold_ms end) as bigint) as hold_ms,
        cast(sum(case when interactions.is_handled then interactions.after_call_ms end) as bigint) as after_call_ms,
        cast(sum(case when interactions.is_handled then interactions.handle_ms end) as bigint) as handle_ms,
        cast(sum(case when interactions.is_handled then interactions.queue_ms end) as bigint) as queue_ms,
        max(coalesce(interactions.ended_at, interactions.event_at)) as last_ended_at
    from interactions
    where not interactions.is_empty and interactions.agent_id is not null and interactions.work_date is not null
    group by interactions.agent_id, interactions.work_date
),

emptied as (
    select
        touched.agent_id,
        touched.work_date
    from touched
    left join days
        on touched.agent_id = days.agent_id
        and touched.work_date = days.work_date
    where days.agent_id is null
),

final as (
    select
        days.agent_id,
        days.work_date,
        false as is_empty,
        days.segments,
        days.interactions,
        days.handle_count,
        days.talk_ms,
        days.hold_ms,
        days.after_call_ms,
        days.handle_ms,
        days.queue_ms,
        days.last_ended_at
    from days
    union all
    select
        emptied.agent_id,
        emptied.work_date,
        true as is_empty,
        0 as segments,
        0 as interactions,
        0 as handle_count,
        null as talk_ms,
        null as hold_ms,
        null as after_call_ms,
        null as handle_ms,
        null as queue_ms,
        null as last_ended_at
    from emptied
)

select * from final
