{# Schemas are exactly staging, intermediate and marts, whoever runs dbt: gami and the analysts read the same names. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
