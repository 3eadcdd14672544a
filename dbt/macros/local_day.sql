{#
    Where and when a row happened, for rows with source, subject_id and event_at: who did it, at which local time, and on
    which business day. The joins find the agent's span, the source's own zone (for a row whose agent no link names) and
    the shift that holds the instant; the columns read them; the day is the shift's, else that of the local clock.
#}
{% macro local_day_joins(rows) -%}
    left join {{ ref('int_agent_spans') }} as agent_spans
        on {{ rows }}.subject_id = agent_spans.subject_id
        and {{ rows }}.event_at >= agent_spans.starts_at
        and {{ rows }}.event_at < agent_spans.ends_at
    left join {{ ref('int_source_spans') }} as source_spans
        on {{ rows }}.source = source_spans.source
        and {{ rows }}.event_at >= source_spans.starts_at
        and {{ rows }}.event_at < source_spans.ends_at
    left join {{ ref('int_shift_days') }} as shift_days
        on {{ rows }}.subject_id = shift_days.subject_id
        and cast({{ rows }}.event_at as date) = shift_days.utc_date
        and {{ rows }}.event_at >= shift_days.starts_at
        and {{ rows }}.event_at < shift_days.ends_at
{%- endmacro %}

{% macro local_day_columns(rows) -%}
    agent_spans.agent_id,
        agent_spans.agent_key,
        shift_days.work_date as shift_work_date,
        coalesce(agent_spans.zone, source_spans.zone) as zone,
        coalesce(agent_spans.day_start_seconds, source_spans.day_start_seconds) as day_start_seconds,
        {{ local_time(rows ~ '.event_at', 'coalesce(agent_spans.offset_seconds, source_spans.offset_seconds)') }}
            as timestamp_local
{%- endmacro %}

{# Over the columns above. #}
{% macro local_work_date(placed) -%}
    coalesce(
        {{ placed }}.shift_work_date,
        cast({{ local_time(placed ~ '.timestamp_local', '-' ~ placed ~ '.day_start_seconds') }} as date)
    )
{%- endmacro %}
