{#
    Tests that read a large table row by row look, in `dbt build`, only at the instants that batches touched since the test
    last passed: `where: touched` in its config, or `within_touched` in the SQL of a singular one. Everything is looked at
    by `dbt test`, on a full refresh, where the test has not passed before or did not last time, and where what came is no
    work but may place work anywhere: agents, links, queues, settings, zone rules.
#}
{% macro get_where_subquery(relation) -%}
    {%- if config.get('where') == 'touched' -%}
        (
            select looked_at.*
            from {{ relation }} as looked_at
            where true {{ within_touched('looked_at.timestamp_utc') }}
        ) as touched_rows
    {%- else -%}
        {{ return(default__get_where_subquery(relation)) }}
    {%- endif -%}
{%- endmacro %}

{# A further condition on the instant of a row, between marks: what a test looks at is no part of what it asks. #}
{% macro within_touched(instant) -%}
    {%- set range = touched_range() -%}
    {%- if range is not none -%}
    /* touched */ and (
        {{ instant }} is null
        or (
            {{ instant }} >= cast('{{ range.from_at }}' as {{ dbt.type_timestamp() }})
            and {{ instant }} < cast('{{ range.to_at }}' as {{ dbt.type_timestamp() }})
        )
    ) /* end of touched */
    {%- endif -%}
{%- endmacro %}

{% macro without_touched(sql) -%}
    {{ return(modules.re.sub('(?s)/[*] touched [*]/.*?/[*] end of touched [*]/', '', sql)) }}
{%- endmacro %}

{# The tests are of the rows of int_interactions_resolved: batches it has not worked in yet are not tested yet. #}
{% macro streams_of_touched_tests() -%}
    {{ return(streams_of('int_interactions_resolved')) }}
{%- endmacro %}

{# The instants from_at to to_at, widened by what a changed shift reaches; none: look at everything. #}
{% macro touched_range() -%}
    {%- if not execute -%}
        {{ return(none) }}
    {%- endif -%}
    {%- do run_state().limited.update({model.unique_id: true}) -%}
    {%- if flags.WHICH != 'build' or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set passed = run_state().built.get(model.unique_id) -%}
    {%- set changes = changes_since(model.unique_id, streams_of_touched_tests(), ['int_interactions_resolved']) -%}
    {%- if passed is none or not passed.inputs or changes is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
        select
            cast(min({{ add_seconds('changes.from_at', -hours(3)) }}) as {{ dbt.type_string() }}) as from_at,
            cast(max({{ add_seconds('changes.to_at', hours(39)) }}) as {{ dbt.type_string() }}) as to_at,
            count(
                case
                    when
                        changes.stream not in ('interaction', 'shift')
                        or changes.from_at is null
                        or changes.to_at is null
                        then 1
                end
            ) as anywhere
        from ({{ changes }}) as changes
    {%- endset -%}
    {%- set row = run_query(query).rows[0] -%}
    {%- if row[0] is none or row[2] > 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return({'from_at': row[0], 'to_at': row[1]}) }}
{%- endmacro %}

{# on-run-end, behind record_tests: the batches up to which a limited test has passed now. #}
{% macro record_touched_tests(results) -%}
    {%- set rows = [] -%}
    {%- for result in results if result.status == 'pass' and result.node.unique_id in run_state().limited -%}
        {%- set name = result.node.unique_id -%}
        {%- if name in run_state().tested -%}
        {%- for batch in pending_batches(name, streams_of_touched_tests(), ['int_interactions_resolved']) -%}
            {%- do rows.append([name, batch]) -%}
        {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if execute and rows | length > 0 -%}
    insert into {{ source('meta', 'applied') }} (model, invocation_id, source, stream, seq, applied_at)
    {%- for name, batch in rows %}
    select '{{ name }}', '{{ invocation_id }}', {{ quoted(batch.source) }}, '{{ batch.stream }}', {{ batch.until }},
        {{ dbt.current_timestamp() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endif -%}
{%- endmacro %}
