{#
    DuckDB alters its catalogue in a transaction, so a table or view is replaced in its place: dbt's own way (build beside,
    rename twice, drop) costs as much again on each of some seventy small models. Readers see the old one until COMMIT.
    What would come out the same is left as it is (macros/unchanged.sql). The file's name is left out of the SQL, or a view
    would be lost once the file is renamed or attached under another name.
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
    {%- set sql = without_database(compiled_code) -%}
    {%- set inputs = inputs_of(sql) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing.type == kind and is_unchanged(existing, inputs) -%}
        {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {%- else -%}
        {%- do build_in_place(kind, existing, target_relation, sql) -%}
        {%- do record_built(inputs, content_of(target_relation) if kind == 'table' else (inputs or invocation_id)) -%}
        {%- do persist_docs(target_relation, model) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{% macro without_database(sql) -%}
    {{ return(sql | replace(adapter.quote(this.database) ~ '.', '')) }}
{%- endmacro %}

{% macro build_in_place(kind, existing, target_relation, sql) -%}
    {%- call statement('main') -%}
        {%- if existing is not none %}
        drop {{ existing.type }} if exists {{ existing }};
        {%- endif %}
        {%- if kind == 'table' %}
        {{ create_table_as(False, target_relation, sql) }}
        {%- else %}
        {{ create_view_as(target_relation, sql) }}
        {%- endif %}
    {%- endcall %}
{%- endmacro %}

{#
    Touched rows into a temporary table, then out of and into the model, by the configured strategy. Nothing pending, or no
    row to show for it, leaves the model as it is, and those who read it.
#}
{% materialization incremental, adapter='duckdb' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set inputs = inputs_of('incremental') -%}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is none or existing.type != 'table' or should_full_refresh() -%}
        {%- do build_in_place('table', existing, target_relation, compiled_code) -%}
        {%- do record_built(inputs, invocation_id) -%}
        {%- do persist_docs(target_relation, model) -%}
    {%- elif is_unchanged(existing, inputs) and pending_batches(model.name, streams_of(model.name)) | length == 0 -%}
        {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {%- else -%}
        {%- call statement('touched') -%}
            drop table if exists {{ temp_relation }};
            {{ create_table_as(True, temp_relation, compiled_code) }}
        {%- endcall -%}
        {%- set touched_rows = run_query('select count(*) from ' ~ temp_relation).rows[0][0] | int -%}
        {%- if touched_rows == 0 -%}
            {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
            {%- do record_built(inputs, run_state().built.get(model.name, {}).get('content') or invocation_id) -%}
        {%- else -%}
            {%- set columns = process_schema_changes(config.get('on_schema_change'), temp_relation, existing)
                or adapter.get_columns_in_relation(existing) -%}
            {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy')) -%}
            {%- call statement('main') -%}
                {{ strategy({
                    'target_relation': target_relation,
                    'temp_relation': temp_relation,
                    'unique_key': config.get('unique_key'),
                    'dest_columns': columns,
                    'incremental_predicates': none,
                }) }}
            {%- endcall -%}
            {%- do record_built(inputs, invocation_id) -%}
        {%- endif -%}
        {%- call statement('tidy') -%}drop table if exists {{ temp_relation }}{%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{#
    What a model selects against what its YAML declares. dbt looks each column up among all the others in Jinja, which costs
    more than most models; where something differs, its own macro says what.
#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set selected = get_column_schema_from_query(sql, config.get('sql_header', none)) -%}
    {%- set declared = get_column_schema_from_query(get_empty_schema_sql(model['columns'])) -%}
    {%- if columns_in_words(selected) != columns_in_words(declared) -%}
        {{ return(default__get_assert_columns_equivalent(sql)) }}
    {%- endif -%}
{%- endmacro %}

{% macro columns_in_words(columns) -%}
    {%- set words = [] -%}
    {%- for column in columns -%}
        {%- do words.append(column.name | lower ~ ' ' ~ column.dtype) -%}
    {%- endfor -%}
    {{ return(words | sort) }}
{%- endmacro %}
