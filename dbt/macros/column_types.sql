{#
    The contracts of the marts name types as DuckDB does; here is what the others call them. dbt checks a contract before
    it makes the table, from the same description of its columns.
#}
{% macro column_types() -%}
    {{ return(adapter.dispatch('column_types')()) }}
{%- endmacro %}

{% macro default__column_types() -%}
    {{ return({}) }}
{%- endmacro %}

{% macro snowflake__column_types() -%}
    {{ return({'uuid': 'varchar', 'json': 'varchar', 'timestamp': 'timestamp_ntz'}) }}
{%- endmacro %}

{% macro bigquery__column_types() -%}
    {{ return({'uuid': 'string', 'varchar': 'string', 'json': 'string', 'double': 'float64', 'bigint': 'int64', 'integer': 'int64'}) }}
{%- endmacro %}

{% macro snowflake__get_assert_columns_equivalent(sql) -%}
    {%- do translate_column_types() -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro bigquery__get_assert_columns_equivalent(sql) -%}
    {%- do translate_column_types() -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro translate_column_types() -%}
    {%- for column in model.columns.values() if column.data_type in column_types() -%}
        {%- do column.update({'data_type': column_types()[column.data_type]}) -%}
    {%- endfor -%}
{%- endmacro %}
