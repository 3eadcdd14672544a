{#
    Spans of time in which rows must be placed again, half-open, per native agent id, or for everybody.
    An agent's record is told apart from its neighbours by when it starts, so a change of one touches the whole agent.
    A link names its agent under another source than its own: it touches everybody, as rules about time do.
    A shift reaches at most 36 hours past its start, whatever becomes of its neighbours.
    A row about no agent (subject_id null) moves no agent's day.
#}
{% macro touched_spans(changes) -%}
    select distinct
        case when changes.stream not in ('identity', 'setting', 'zone_offset') then changes.subject_id end as subject_id,
        changes.stream in ('identity', 'setting', 'zone_offset') as is_everybody,
        case
            when changes.stream != 'agent' and changes.from_at is not null
                then {{ add_seconds('changes.from_at', -hours(3)) }}
            else {{ beginning_of_time() }}
        end as from_at,
        case
            when changes.stream != 'agent' and changes.to_at is not null
                then {{ add_seconds('changes.to_at', hours(39)) }}
            else {{ end_of_time() }}
        end as to_at
    from {{ changes }} as changes
    where changes.subject_id is not null or changes.stream in ('identity', 'setting', 'zone_offset')
{%- endmacro %}

{% macro hours(count) -%}
    {{ return(count * 3600) }}
{%- endmacro %}

{#
    The agent-days that changes may have moved, widened by 50 hours to either side: 14 for any zone, 36 for the shift an
    instant may belong to. It then does not matter which zone or shift was in force. Only days that exist are named: those
    of the model itself (an old place) and those of its parent (a new one). Short spans become single days, so that the
    join is an equality; long ones stay spans, and are few.
#}
{% macro touched_agent_days(changes, parent) -%}
    {{ touched_days_of(changes, this) }}
    union distinct
    {{ touched_days_of(changes, parent) }}
{%- endmacro %}

{% macro touched_days_of(changes, relation) -%}
    select
        existing.agent_id,
        existing.work_date
    from {{ relation }} as existing
    inner join (
        select distinct
            links.agent_id,
            dates.date_day
        from ({{ widened(changes) }}) as spans
        inner join {{ ref('int_agent_links') }} as links on spans.subject_id = links.subject_id
        inner join {{ ref('int_dates') }} as dates on dates.date_day between spans.from_date and spans.to_date
        where {{ dbt.datediff('spans.from_date', 'spans.to_date', 'day') }} <= 40
    ) as days
        on existing.agent_id = days.agent_id
        and existing.work_date = days.date_day
    union distinct
    select
        existing.agent_id,
        existing.work_date
    from {{ relation }} as existing
    inner join (
        select
            links.agent_id,
            min(spans.from_date) as from_date,
            max(spans.to_date) as to_date
        from ({{ widened(changes) }}) as spans
        inner join {{ ref('int_agent_links') }} as links on spans.subject_id = links.subject_id
        where {{ dbt.datediff('spans.from_date', 'spans.to_date', 'day') }} > 40
        group by links.agent_id
    ) as long_spans
        on existing.agent_id = long_spans.agent_id
        and existing.work_date between long_spans.from_date and long_spans.to_date
    union distinct
    select
        existing.agent_id,
        existing.work_date
    from {{ relation }} as existing
    inner join (
        select
            min(spans.from_date) as from_date,
            max(spans.to_date) as to_date
        from ({{ widened(changes) }}) as spans
        where spans.is_everybody
        having count(*) > 0
    ) as everybody on existing.work_date between everybody.from_date and everybody.to_date
    where existing.agent_id is not null
{%- endmacro %}

{% macro widened(changes) -%}
    select
        touched.subject_id,
        touched.is_everybody,
        cast({{ add_seconds('touched.from_at', -hours(50)) }} as date) as from_date,
        cast({{ add_seconds('touched.to_at', hours(50)) }} as date) as to_date
    from ({{ touched_spans(changes) }}) as touched
{%- endmacro %}
