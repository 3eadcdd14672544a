{# FLOAT is a single-precision number in DuckDB: seven digits are too few for a mean of handle times. #}
{% macro duckdb__type_float() -%}
    double
{%- endmacro %}
