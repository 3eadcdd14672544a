{#
    `dbt build` leaves a test that would find what it found: the SQL, and each table it looks at, are what they were when it
    last passed (macros/unchanged.sql). `dbt test` runs every test it is asked for.
    A staging view shows whatever was loaded last, so a test of one is bound to the batches of this run.
#}
{% macro duckdb__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {%- set inputs = inputs_of_test(main_sql ~ fail_calc ~ warn_if ~ error_if) -%}
    {%- set passed = run_state().built.get(model.unique_id) -%}
    {%- if flags.WHICH == 'build' and inputs is not none and passed is not none and passed.inputs == inputs -%}
    select
        0 as failures,
        false as should_warn,
        false as should_error
    {%- else -%}
    {%- do run_state().tested.update({model.unique_id: inputs}) -%}
    {{ default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) }}
    {%- endif -%}
{%- endmacro %}

{% macro inputs_of_test(sql) -%}
    {%- set inputs = inputs_of(without_touched(without_database(sql))) -%}
    {%- set reads_staging = 'model.gami.stg_' in model.depends_on.nodes | join(' ') -%}
    {{ return(local_md5(inputs ~ tojson(run_state().bounds)) if inputs is not none and reads_staging else inputs) }}
{%- endmacro %}

{# on-run-end: what each test that ran had looked at, or nothing where it did not pass, so that it is asked again. #}
{% macro record_tests(results) -%}
    {%- set state = run_state() -%}
    {%- set rows = [] -%}
    {%- for result in results if result.node.unique_id in state.tested -%}
        {%- set name = result.node.unique_id -%}
        {%- set inputs = (state.tested[name] or '') if result.status == 'pass' else '' -%}
        {%- do rows.append([name, state.built.get(name, {}).get('build_no', 0) + 1, inputs, result.status]) -%}
    {%- endfor -%}
    {%- if execute and rows | length > 0 -%}
    insert into {{ source('meta', 'built') }} (model, build_no, invocation_id, inputs, content, built_at)
    {%- for name, build_no, inputs, status in rows %}
    select '{{ name }}', {{ build_no }}, '{{ invocation_id }}', '{{ inputs }}', '{{ status }}', {{ dbt.current_timestamp() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endif -%}
{%- endmacro %}
