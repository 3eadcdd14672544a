{# The key of business identity, as gami builds it: sha256 over netstrings, the first 128 bits kept. #}
{% macro durable_key(kind, source, parts) -%}
    {%- set texts = ["'" ~ kind ~ "'", source] + parts -%}
    {{ return(adapter.dispatch('short_hash')(netstrings(texts))) }}
{%- endmacro %}

{% macro netstrings(texts) -%}
    {%- for text in texts -%}
        {{ adapter.dispatch('netstring')(text) }}{{ ' || ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro default__netstring(text) -%}
    cast(octet_length({{ text }}) as varchar) || ':' || {{ text }} || ','
{%- endmacro %}

{# Two hexadecimal digits a byte: the emulator knows no length of a text in bytes. #}
{% macro snowflake__netstring(text) -%}
    cast(cast(length(hex_encode({{ text }})) / 2 as integer) as varchar) || ':' || {{ text }} || ','
{%- endmacro %}

{% macro duckdb__netstring(text) -%}
    strlen({{ text }}) || ':' || {{ text }} || ','
{%- endmacro %}

{% macro bigquery__netstring(text) -%}
    cast(byte_length({{ text }}) as string) || ':' || {{ text }} || ','
{%- endmacro %}

{% macro default__short_hash(text) -%}
    regexp_replace(
        substr(sha2({{ text }}, 256), 1, 32),
        '(.{8})(.{4})(.{4})(.{4})(.{12})',
        '\\1-\\2-\\3-\\4-\\5'
    )
{%- endmacro %}

{% macro duckdb__short_hash(text) -%}
    cast(substr(sha256({{ text }}), 1, 32) as uuid)
{%- endmacro %}

{% macro bigquery__short_hash(text) -%}
    regexp_replace(
        substr(to_hex(sha256({{ text }})), 1, 32),
        r'(.{8})(.{4})(.{4})(.{4})(.{12})',
        r'\1-\2-\3-\4-\5'
    )
{%- endmacro %}

{# Keys are UUIDs where a warehouse has that type, their text elsewhere. #}
{% macro type_key() -%}
    {{ return(adapter.dispatch('type_key')()) }}
{%- endmacro %}

{% macro default__type_key() -%}
    {{ dbt.type_string() }}
{%- endmacro %}

{% macro duckdb__type_key() -%}
    uuid
{%- endmacro %}
