{# The spans of history are half-open and never null at their ends: these two stand for "always" and "for ever". #}
{% macro beginning_of_time() -%}
    cast('1900-01-01 00:00:00' as {{ dbt.type_timestamp() }})
{%- endmacro %}

{% macro end_of_time() -%}
    cast('9999-01-01 00:00:00' as {{ dbt.type_timestamp() }})
{%- endmacro %}

{% macro add_seconds(instant, seconds) -%}
    {{ return(adapter.dispatch('add_seconds')(instant, seconds)) }}
{%- endmacro %}

{% macro default__add_seconds(instant, seconds) -%}
    {{ dbt.dateadd('second', seconds, instant) }}
{%- endmacro %}

{% macro duckdb__add_seconds(instant, seconds) -%}
    ({{ instant }} + to_seconds({{ seconds }}))
{%- endmacro %}

{% macro bigquery__add_seconds(instant, seconds) -%}
    timestamp_add({{ instant }}, interval {{ seconds }} second)
{%- endmacro %}

{# Exact seconds between two instants: counting hour boundaries would make an hour of 10:59 to 11:01. #}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    {{ dbt.datediff(earlier, later, 'second') }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }}))
{%- endmacro %}

{# A local wall-clock reading, from an offset that a range join to zone offsets found. Never a zone function per row. #}
{% macro local_time(instant, offset_seconds) -%}
    {{ add_seconds(instant, offset_seconds) }}
{%- endmacro %}

{# A date a number of days later, as a date. #}
{% macro add_days(day, days) -%}
    cast({{ dbt.dateadd('day', days, day) }} as date)
{%- endmacro %}

{# Monday = 1 .. Sunday = 7. 1970-01-05 was a Monday; the 70,000 keeps the remainder positive before it. #}
{% macro iso_weekday(day) -%}
    (mod({{ dbt.datediff("cast('1970-01-05' as date)", day, 'day') }} + 70000, 7) + 1)
{%- endmacro %}

{# `06:30` -> 23400. #}
{% macro clock_seconds(clock) -%}
    (cast(substr({{ clock }}, 1, 2) as integer) * 3600 + cast(substr({{ clock }}, 4, 2) as integer) * 60)
{%- endmacro %}
