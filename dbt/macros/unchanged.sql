{#
    A model whose inputs are what they were when it was last built would come out the same: it is left as it is. So a new
    day costs what it touches, and not seventy small models.
    inputs:  a hash of the model's SQL (the batches it may see stand in it), of its columns, and of what is in each model,
             setting and zone offset it reads. None where one of them is not known: then nothing is left out.
    content: a hash of the rows a table came out with, so that whoever reads it is left as well where a table was made anew
             and is still the same; of the SQL and what it reads for a view; the invocation that last changed it for an
             incremental model.
    Both stand in meta.built, written in the transaction that replaces the table. `--full-refresh` builds everything.
#}
{% macro inputs_of(sql) -%}
    {%- set parts = [sql, tojson(model.columns)] -%}
    {%- set state = run_state() -%}
    {%- for parent in model.depends_on.nodes | sort -%}
        {%- set name = parent.split('.') | last -%}
        {%- if parent.startswith('source.') -%}
            {%- if name in ['setting', 'zone_offset'] -%}
                {%- do parts.append(name ~ tojson(bounds_of(name))) -%}
            {%- elif name == 'batch' -%}
                {%- do parts.append(name ~ tojson(state.bounds)) -%}
            {%- endif -%}
        {%- elif name in state.built -%}
            {%- do parts.append(name ~ state.built[name].content) -%}
        {%- else -%}
            {{ return(none) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('\n'))) }}
{%- endmacro %}

{% macro is_unchanged(existing, inputs) -%}
    {%- set built = run_state().built.get(model.name) -%}
    {{ return(
        existing is not none
        and inputs is not none
        and built is not none
        and built.inputs == inputs
        and not should_full_refresh()
    ) }}
{%- endmacro %}

{# Inside the transaction that changed the model. #}
{% macro record_built(inputs, content) -%}
    {%- set before = run_state().built.get(model.name) -%}
    {%- set build_no = 1 if before is none else before.build_no + 1 -%}
    {%- call statement('record_built') -%}
        insert into {{ source('meta', 'built') }} (model, build_no, invocation_id, inputs, content, built_at)
        values (
            '{{ model.name }}',
            {{ build_no }},
            '{{ invocation_id }}',
            '{{ inputs or '' }}',
            '{{ content }}',
            {{ dbt.current_timestamp() }}
        )
    {%- endcall -%}
    {%- do run_state().built.update({model.name: {'build_no': build_no, 'inputs': inputs, 'content': content}}) -%}
{%- endmacro %}

{% macro content_of(relation) -%}
    {%- set row = run_query(content_query(relation)).rows[0] -%}
    {{ return(row[0] ~ ':' ~ row[1]) }}
{%- endmacro %}

{% macro content_query(relation) -%}
    select
        count(*) as row_count,
        cast(coalesce(sum(cast(hash(contents) as hugeint)), 0) as varchar) as hashes
    from {{ relation }} as contents
{%- endmacro %}
