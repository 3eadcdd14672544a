{#
    What a run starts from, read by one query before its first model: the batches it may see (meta.bound), how far each
    model has got (meta.applied) and from what it was made (meta.built). It is kept in `graph`, which all nodes of an
    invocation share, and brought up to date as models finish: asking again for each model cost more than most models do.
    A graph that kept nothing would only cost queries.
#}
{% macro run_state() -%}
    {%- if not execute -%}
        {{ return({'bounds': {}, 'applied': {}, 'built': {}, 'tested': {}, 'limited': {}, 'parts': {}}) }}
    {%- endif -%}
    {%- set key = 'gami_run_' ~ invocation_id -%}
    {%- if key not in graph -%}
        {%- do graph.setdefault(key, read_run_state()) -%}
    {%- endif -%}
    {{ return(graph.get(key) or read_run_state()) }}
{%- endmacro %}

{# on-run-start, behind record_bounds: read once, before several threads would. #}
{% macro begin_run_state() -%}
    {%- do run_state() -%}
{%- endmacro %}

{# Without a recorded bound (dbt show, dbt compile) the newest batches are visible. #}
{% macro read_run_state() -%}
    {%- set query -%}
        with
        of_this_run as (
            select bounds.source, bounds.stream, bounds.seq
            from {{ source('meta', 'bound') }} as bounds
            where bounds.invocation_id = '{{ invocation_id }}'
        ),

        newest as (
            select batches.source, batches.stream, max(batches.seq) as seq
            from {{ source('meta', 'batch') }} as batches
            where not exists (select 1 from of_this_run)
            group by batches.source, batches.stream
        ),

        latest_builds as (
            select builds.model, max(builds.build_no) as build_no
            from {{ source('meta', 'built') }} as builds
            group by builds.model
        )

        select 'bound' as kind, '' as model, bounds.source, bounds.stream, bounds.seq, '' as inputs, '' as content
        from (select * from of_this_run union all select * from newest) as bounds
        union all
        select 'applied' as kind, applied.model, applied.source, applied.stream, max(applied.seq) as seq, '', ''
        from {{ source('meta', 'applied') }} as applied
        group by applied.model, applied.source, applied.stream
        union all
        select 'built' as kind, builds.model, '', '', builds.build_no, builds.inputs, builds.content
        from {{ source('meta', 'built') }} as builds
        inner join latest_builds
            on builds.model = latest_builds.model
            and builds.build_no = latest_builds.build_no
        order by 1, 2, 3, 4
    {%- endset -%}
    {%- set state = {'bounds': {}, 'applied': {}, 'built': {}, 'tested': {}, 'limited': {}, 'parts': {}} -%}
    {%- for kind, model_name, source_name, stream, seq, inputs, content in run_query(query).rows -%}
        {%- if kind == 'bound' -%}
            {%- do state.bounds.setdefault(stream, []).append({'source': source_name, 'seq': seq | int}) -%}
        {%- elif kind == 'applied' -%}
            {%- do state.applied.setdefault(model_name, {}).setdefault(stream, {}).update({source_name: seq | int}) -%}
        {%- else -%}
            {%- do state.built.update({model_name: {'build_no': seq | int, 'inputs': inputs, 'content': content}}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(state) }}
{%- endmacro %}

{# The last visible batch of each source of a stream. #}
{% macro bounds_of(stream) -%}
    {{ return(run_state().bounds.get(stream, [])) }}
{%- endmacro %}

{# The last batch of a stream that a model has worked in, by source. #}
{% macro applied_of(model_name, stream) -%}
    {{ return(run_state().applied.get(model_name, {}).get(stream, {})) }}
{%- endmacro %}
