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
    (cast({{ dbt.datediff(earlier, later, 'microsecond') }} as {{ dbt.type_float() }}) / 1000000)
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1e6)
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

{# An instant as text: `2026-03-02 12:00:00.5`, without the zeros at its end. Keys are made of it, so it is the same everywhere. #}
{% macro instant_text(instant) -%}
    {{ return(adapter.dispatch('instant_text')(instant)) }}
{%- endmacro %}

{% macro default__instant_text(instant) -%}
    cast({{ instant }} as {{ dbt.type_string() }})
{%- endmacro %}

{# Each part by itself: the emulator knows no format of an instant that a column holds. #}
{% macro snowflake__instant_text(instant) -%}
    to_varchar(date_trunc('second', {{ instant }}), 'YYYY-MM-DD HH24:MI:SS')
    || case
        when date_part(nanosecond, {{ instant }}) = 0 then ''
        else '.' || regexp_replace(lpad(cast(date_part(nanosecond, {{ instant }}) as varchar), 9, '0'), '0+$', '')
    end
{%- endmacro %}

{% macro bigquery__instant_text(instant) -%}
    rtrim(rtrim(format_timestamp('%Y-%m-%d %H:%M:%E6S', {{ instant }}), '0'), '.')
{%- endmacro %}

{% macro day_of_year(day) -%}
    {{ return(adapter.dispatch('day_of_year')(day)) }}
{%- endmacro %}

{% macro default__day_of_year(day) -%}
    extract(doy from {{ day }})
{%- endmacro %}

{% macro bigquery__day_of_year(day) -%}
    extract(dayofyear from {{ day }})
{%- endmacro %}
