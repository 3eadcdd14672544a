{# FLOAT is a single-precision number in DuckDB: seven digits are too few for a mean of handle times. #}
{% macro duckdb__type_float() -%}
    double
{%- endmacro %}

{#
    What is divided is a float: of two whole numbers Snowflake keeps six digits, of decimals BigQuery nine. DuckDB divides
    all of them as this does.
#}
{% macro as_float(number) -%}
    cast({{ number }} as {{ dbt.type_float() }})
{%- endmacro %}
