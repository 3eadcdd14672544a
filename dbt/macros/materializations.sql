{#
    DuckDB alters its catalogue in a transaction, so a table or view is replaced in its place: dbt's own way (build beside,
    rename twice, drop) costs as much again on each of some seventy small models. Readers see the old one until COMMIT.
#}
{% materialization table, adapter='duckdb' -%}
    {{ return(replace_in_place('table')) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {{ return(replace_in_place('view')) }}
{%- endmaterialization %}

{% macro replace_in_place(kind) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type=kind) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {%- if existing is not none %}
        drop {{ existing.type }} if exists {{ existing }};
        {%- endif %}
        {%- if kind == 'table' %}
        {{ create_table_as(False, target_relation, compiled_code) }}
        {%- else %}
        {{ create_view_as(target_relation, compiled_code) }}
        {%- endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}
