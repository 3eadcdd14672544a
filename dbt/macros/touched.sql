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
    from ({{ changes }}) as changes
    where changes.subject_id is not null or changes.stream in ('identity', 'setting', 'zone_offset')
{%- endmacro %}

{% macro hours(count) -%}
    {{ return(count * 3600) }}
{%- endmacro %}

{#
    What a set of changes reaches, asked before the model's SQL is written: the usual day brings new work only, and its
    SQL then has no part that looks through the history for anything else. None where nothing is to be placed again.
#}
{% macro reach_of_changes(changes) -%}
    {%- if not execute or changes is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
        select
            cast(min(touched.from_at) as {{ dbt.type_string() }}) as from_at,
            cast(max(touched.to_at) as {{ dbt.type_string() }}) as to_at,
            cast(cast(min({{ add_seconds('touched.from_at', -hours(50)) }}) as date) as {{ dbt.type_string() }}) as from_date,
            cast(cast(max({{ add_seconds('touched.to_at', hours(50)) }}) as date) as {{ dbt.type_string() }}) as to_date,
            count(case when touched.is_everybody then 1 end) as everybodys,
            count(case when not touched.is_everybody and not touched.is_short then 1 end) as long_spans
        from (
            select
                spans.*,
                {{ dbt.datediff('spans.from_at', 'spans.to_at', 'day') }} <= 30 as is_short
            from ({{ touched_spans(changes) }}) as spans
        ) as touched
    {%- endset -%}
    {%- set row = run_query(query).rows[0] -%}
    {%- if row[0] is none -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return({
        'from_at': row[0], 'to_at': row[1], 'from_date': row[2], 'to_date': row[3],
        'has_everybody': row[4] > 0, 'has_long': row[5] > 0,
    }) }}
{%- endmacro %}

{# A condition with constants on the days that touched_agent_days can name, so that a warehouse leaves the others unread. #}
{% macro within_reach(work_date, reach) -%}
    {%- if reach is none -%}
        false
    {%- else -%}
        {{ work_date }} between cast('{{ reach.from_date }}' as date) and cast('{{ reach.to_date }}' as date)
    {%- endif -%}
{%- endmacro %}

{#
    The rows of one stream that have to be placed again although they are not new: whose agent, shift, link, zone or
    settings changed. changes: a query of macro changes_since. other_keys: a query for further business keys, if any.
#}
{% macro touched_versions(model_name, stream, changes, other_keys=none) -%}
    {%- set reach = reach_of_changes(changes) -%}
    {%- set queries = [] -%}
    {%- if reach is not none -%}
        {%- do queries.append(keys_of_touched_agents(stream, changes, reach)) -%}
        {%- if reach.has_everybody -%}
            {%- do queries.append(keys_of_everybody(stream, changes)) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if other_keys is not none -%}
        {%- do queries.append(other_keys) -%}
    {%- endif -%}
    {%- if queries | length == 0 -%}
        (select versions.* from {{ ref('stg_' ~ stream) }} as versions where false)
    {%- else -%}
    (
        select versions.*
        from {{ as_of(stream) }} as versions
        where
            {{ is_applied(model_name, stream) }}
            {%- if reach is not none and other_keys is none %}
            and versions.event_at >= cast('{{ reach.from_at }}' as {{ dbt.type_timestamp() }})
            and versions.event_at < cast('{{ reach.to_at }}' as {{ dbt.type_timestamp() }})
            {%- endif %}
            and versions.business_key in (
                {{ queries | join(' union all ') }}
            )
    )
    {%- endif -%}
{%- endmacro %}

{% macro keys_of_touched_agents(stream, changes, reach) -%}
    select placed.business_key
    from {{ as_of(stream) }} as placed
    inner join ({{ touched_spans(changes) }}) as touched
        on placed.subject_id = touched.subject_id
        and placed.event_at >= touched.from_at
        and placed.event_at < touched.to_at
    where
        placed.event_at >= cast('{{ reach.from_at }}' as {{ dbt.type_timestamp() }})
        and placed.event_at < cast('{{ reach.to_at }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}

{# One span over them all: a range join against each would sort the whole history, and there is rarely even one. #}
{% macro keys_of_everybody(stream, changes) -%}
    select placed.business_key
    from {{ as_of(stream) }} as placed
    cross join (
        select
            min(touched.from_at) as from_at,
            max(touched.to_at) as to_at
        from ({{ touched_spans(changes) }}) as touched
        where touched.is_everybody
    ) as everybody
    where
        placed.event_at >= everybody.from_at
        and placed.event_at < everybody.to_at
{%- endmacro %}

{#
    The agent-days that changes may have moved, existing or not: columns agent_id, work_date. reach: of reach_of_changes. Widened by 50 hours to
    either side, 14 for any zone and 36 for the shift an instant may belong to: it then does not matter which zone or
    shift was in force. Short spans become days at once. Long ones, and those of everybody, reach over the days that the
    model itself (an old place) and its parent (a new one) have; agents whom no link names any more are found there too.
#}
{% macro touched_agent_days(changes, parent, reach) -%}
    {%- if reach is none -%}
    select
        links.agent_id,
        cast(null as date) as work_date
    from {{ ref('int_agent_links') }} as links
    where false
    {%- else -%}
    select distinct
        links.agent_id,
        {{ add_days('spans.from_date', 'days_later.days_later') }} as work_date
    from ({{ widened(changes) }}) as spans
    inner join {{ ref('int_agent_links') }} as links on spans.subject_id = links.subject_id
    cross join (
        select {{ dbt.datediff("cast('1970-01-01' as date)", 'dates.date_day', 'day') }} as days_later
        from {{ ref('int_dates') }} as dates
        where dates.date_day between cast('1970-01-01' as date) and cast('1970-02-10' as date)
    ) as days_later
    where
        {{ dbt.datediff('spans.from_date', 'spans.to_date', 'day') }} <= 40
        and days_later.days_later <= {{ dbt.datediff('spans.from_date', 'spans.to_date', 'day') }}
    {%- if reach.has_long %}
    union distinct
    select
        existing.agent_id,
        existing.work_date
    from ({{ days_of(parent) }}) as existing
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
    {%- endif %}
    {%- if reach.has_everybody %}
    union distinct
    select
        existing.agent_id,
        existing.work_date
    from ({{ days_of(parent) }}) as existing
    inner join (
        select
            min(spans.from_date) as from_date,
            max(spans.to_date) as to_date
        from ({{ widened(changes) }}) as spans
        where spans.is_everybody
    ) as everybody on existing.work_date between everybody.from_date and everybody.to_date
    {%- endif %}
    {%- endif %}
{%- endmacro %}

{# Agent and work_date as one value: `x in (select ...)` remembers the few touched days and runs over the many rows. #}
{% macro agent_day(rows) -%}
    {{ return(adapter.dispatch('agent_day')(rows)) }}
{%- endmacro %}

{% macro default__agent_day(rows) -%}
    cast({{ rows }}.agent_id as {{ dbt.type_string() }}) || cast({{ rows }}.work_date as {{ dbt.type_string() }})
{%- endmacro %}

{% macro duckdb__agent_day(rows) -%}
    row({{ rows }}.agent_id, {{ rows }}.work_date)
{%- endmacro %}

{% macro days_of(parent) -%}
    select
        own.agent_id,
        own.work_date
    from {{ this }} as own
    where own.agent_id is not null
    union distinct
    select
        parents.agent_id,
        parents.work_date
    from {{ parent }} as parents
    where parents.agent_id is not null
{%- endmacro %}

{% macro widened(changes) -%}
    select distinct
        touched.subject_id,
        touched.is_everybody,
        cast({{ add_seconds('touched.from_at', -hours(50)) }} as date) as from_date,
        cast({{ add_seconds('touched.to_at', hours(50)) }} as date) as to_date
    from ({{ touched_spans(changes) }}) as touched
{%- endmacro %}
