{#
    Spans of time in which rows must be placed again, per native agent id (null: everybody's), half-open.
    An agent's record is told apart from its neighbours by when it starts, so any change of one touches the whole agent.
    A link names the agent under another source than its own: it touches everybody. A shift reaches a day and a half.
#}
{% macro touched_spans(changes) -%}
    select
        case when changes.stream != 'identity' then changes.subject_id end as subject_id,
        case
            when changes.stream = 'agent' then {{ beginning_of_time() }}
            else coalesce({{ add_seconds('changes.from_at', -hours(3)) }}, {{ beginning_of_time() }})
        end as from_at,
        case
            when changes.stream = 'agent' then {{ end_of_time() }}
            else coalesce({{ add_seconds('changes.to_at', hours(39)) }}, {{ end_of_time() }})
        end as to_at
    from {{ changes }} as changes
{%- endmacro %}

{% macro hours(count) -%}
    {{ return(count * 3600) }}
{%- endmacro %}
