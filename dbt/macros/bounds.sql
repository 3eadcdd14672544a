{#
    What a run may see, and how far each model has got (docs/architecture: incremental models that equal a full refresh).
    meta.bound    the last batch of each source and stream when the run began: later batches are the next run's.
    meta.applied  the last batch a model has worked in, per source and stream; the maximum counts.
    A model works in the changes between its own meta.applied and its bound. The bound of a model that reads other models
    is the least of theirs: a parent that failed, or was not selected, has not shown it the newer batches yet.
#}

{# on-run-start. The row with seq 0 marks an invocation that found no batch at all. #}
{% macro record_bounds() -%}
    insert into {{ source('meta', 'bound') }} (invocation_id, source, stream, seq)
    select '{{ invocation_id }}', batches.source, batches.stream, max(batches.seq)
    from {{ source('meta', 'batch') }} as batches
    group by batches.source, batches.stream
    union all
    select '{{ invocation_id }}', 'gami', 'invocation', 0
{%- endmacro %}

{# on-run-end. No row, or one with failures, tells readers not to trust the marts. #}
{% macro record_build(results) -%}
    {%- set failures = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'partial success']) | list -%}
    insert into {{ source('meta', 'build') }} (invocation_id, failed, finished_at)
    values ('{{ invocation_id }}', {{ failures | length }}, {{ dbt.current_timestamp() }})
{%- endmacro %}

{#
    on-run-end, behind record_build. Only a run of every model that ended without a failure says what the marts as a whole
    stand for, under the name 'marts': those who decide on them refuse marts of which a later run saw more (sql/recognise).
    gami's own exports are left out: each decision would age itself.
#}
{% macro record_marts(results) -%}
    {%- if execute and has_built_everything(results) -%}
    insert into {{ source('meta', 'applied') }} (model, invocation_id, source, stream, seq, applied_at)
    select 'marts', '{{ invocation_id }}', bounds.source, bounds.stream, bounds.seq, {{ dbt.current_timestamp() }}
    from {{ source('meta', 'bound') }} as bounds
    where
        bounds.invocation_id = '{{ invocation_id }}'
        and not (bounds.source = 'gami' and bounds.stream in ('milestone', 'ledger_entry', 'decision'))
    {%- endif -%}
{%- endmacro %}

{# Whether a run built each model of the project, and nothing in it failed. #}
{% macro has_built_everything(results) -%}
    {%- set failures = results | rejectattr('status', 'in', ['success', 'pass', 'warn', 'skipped', 'no-op']) | list -%}
    {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
    {%- set left_out = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('package_name', 'equalto', 'gami')
        | rejectattr('unique_id', 'in', built)
        | list -%}
    {{ return(failures | length == 0 and left_out | length == 0) }}
{%- endmacro %}

{#
    Rows of one stream that are current as of this run: `from {{ as_of('shift') }} as shifts`.
    Without a recorded bound (dbt show, dbt compile) the newest batches are visible. The rows of a unit test always are.
#}
{% macro as_of(stream, with_deleted=false) -%}
    {%- set versions = ref('stg_' ~ stream) -%}
    {%- if versions.is_cte -%}
        {{ versions }}
    {%- else -%}
        {%- set bound = bound_expression(stream) -%}
    (
        select versions.*
        from {{ versions }} as versions
        where
            versions.seq <= {{ bound }}
            and (versions.superseded_seq is null or versions.superseded_seq > {{ bound }})
            {%- if not with_deleted %}
            and not versions.is_deleted
            {%- endif %}
    )
    {%- endif -%}
{%- endmacro %}

{# Every version up to this run's bound, closed and deleted ones included: for histories. #}
{% macro versions_until(stream) -%}
    {%- set versions = ref('stg_' ~ stream) -%}
    {%- if versions.is_cte -%}
        {{ versions }}
    {%- else -%}
    (select versions.* from {{ versions }} as versions where versions.seq <= {{ bound_expression(stream) }})
    {%- endif -%}
{%- endmacro %}

{# The last visible batch of the row's source, as SQL over `versions.source`. #}
{% macro bound_expression(stream) -%}
    {%- set bounds = bounds_of(stream) -%}
    {%- if bounds | length == 0 -%}
        0
    {%- else -%}
        case versions.source
        {%- for bound in bounds %} when {{ quoted(bound.source) }} then {{ bound.seq }}{% endfor %} else 0 end
    {%- endif -%}
{%- endmacro %}

{#
    The sources that have delivered something, as of this run. They stand in the SQL by name: read from meta.batch, every
    new batch would be news to whoever asks for them.
#}
{% macro loaded_sources() -%}
    {%- set names = [] -%}
    {%- for bounds in run_state().bounds.values() -%}
        {%- for bound in bounds if bound.source not in names -%}
            {%- do names.append(bound.source) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name in names | sort %}
    select {{ quoted(name) }} as source
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select cast(null as {{ dbt.type_string() }}) as source
    from (select 1 as nothing) as nobody
    where false
    {%- endfor %}
{%- endmacro %}

{#
    How far a model may work, per source and stream: a list of source, stream, seq. parents: the models it reads that record
    meta.applied themselves.
#}
{% macro reach_of(streams, parents) -%}
    {%- set reach = [] -%}
    {%- for stream in streams -%}
        {%- for bound in bounds_of(stream) -%}
            {%- set limits = [bound.seq] -%}
            {%- for parent in parents if stream in streams_of(parent) -%}
                {%- do limits.append(applied_of(parent, stream).get(bound.source, 0)) -%}
            {%- endfor -%}
            {%- do reach.append({'source': bound.source, 'stream': stream, 'seq': limits | min}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(reach) }}
{%- endmacro %}

{# The batches a model has yet to work in: a list of source, stream, after (exclusive), until (inclusive). #}
{% macro pending_batches(model_name, streams, parents=[]) -%}
    {%- set pending = [] -%}
    {%- for reached in reach_of(streams, parents) -%}
        {%- set after = applied_of(model_name, reached.stream).get(reached.source, 0) -%}
        {%- if reached.seq > after -%}
            {%- do pending.append({
                'source': reached.source, 'stream': reached.stream, 'after': after, 'until': reached.seq,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(pending) }}
{%- endmacro %}

{# Post-hook: what this model has worked in now, where that is more than before. A crash before it repeats harmlessly. #}
{% macro mark_applied(model_name, parents=[]) -%}
    {%- set pending = pending_batches(model_name, streams_of(model_name), parents) -%}
    {%- if pending | length > 0 %}
    insert into {{ source('meta', 'applied') }} (model, invocation_id, source, stream, seq, applied_at)
    {%- for batch in pending %}
    select '{{ model_name }}', '{{ invocation_id }}', {{ quoted(batch.source) }}, '{{ batch.stream }}', {{ batch.until }},
        {{ dbt.current_timestamp() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- do run_state().applied.setdefault(model_name, {}).setdefault(batch.stream, {}).update({batch.source: batch.until}) -%}
    {%- endfor %}
    {%- endif %}
{%- endmacro %}

{# The places those batches touched: subject_id (null: everybody), from_at, to_at (null: unbounded). None where nothing is pending. #}
{% macro changes_since(model_name, streams, parents=[]) -%}
    {%- set pending = pending_batches(model_name, streams, parents) -%}
    {%- if pending | length == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query %}
    select
        changes.stream,
        changes.subject_id,
        changes.from_at,
        changes.to_at
    from {{ source('meta', 'change_log') }} as changes
    where
        {%- for batch in pending %}
        {% if not loop.first %}or {% endif -%}
        (
            changes.source = {{ quoted(batch.source) }}
            and changes.stream = '{{ batch.stream }}'
            and changes.seq > {{ batch.after }}
            and changes.seq <= {{ batch.until }}
        )
        {%- endfor %}
    {%- endset -%}
    {{ return(query) }}
{%- endmacro %}

{% macro quoted(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{#
    The versions of one stream that a model has yet to work in, deleted ones included, as of this run's bound; with_closed
    gives those too that a later one closed. One branch per source with new batches, with plain limits: a warehouse skips
    the history by its block statistics. Nothing new costs nothing.
#}
{% macro pending_versions(model_name, stream, with_closed=false) -%}
    {%- set pending = pending_batches(model_name, [stream]) -%}
    (
        {%- for batch in pending %}
        select versions.*
        from {{ ref('stg_' ~ stream) }} as versions
        where
            versions.source = {{ quoted(batch.source) }}
            and versions.seq > {{ batch.after }}
            and versions.seq <= {{ batch.until }}
            {%- if not with_closed %}
            and (versions.superseded_seq is null or versions.superseded_seq > {{ batch.until }})
            {%- endif %}
            {{- partition_limits(batch) }}
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- else %}
        select versions.*
        from {{ ref('stg_' ~ stream) }} as versions
        where false
        {%- endfor %}
    )
{%- endmacro %}

{#
    Where rows of these batches lie, for a warehouse that divides a table by event_at and reads every part otherwise. What
    the batches touched is in the change log; a deleted row may have kept no instant. Asked before the SQL is written, since
    only constants leave parts out, and once a run, since most models have the same batches to work in. A day to either side
    costs nothing. Elsewhere the limits on seq do it: rows lie together as they were loaded.
#}
{% macro partition_limits(batch) -%}
    {{ return(adapter.dispatch('partition_limits')(batch)) }}
{%- endmacro %}

{% macro default__partition_limits(batch) -%}
{%- endmacro %}

{% macro bigquery__partition_limits(batch) -%}
    {%- set part = part_of(batch) if execute else none -%}
    {%- if part is not none %}
            and (
                versions.event_at is null
                or (versions.event_at >= timestamp '{{ part[0] }}' and versions.event_at < timestamp '{{ part[1] }}')
            )
    {%- endif -%}
{%- endmacro %}

{# First and last date of what these batches touched, the last one excluded; none where they touched nothing. #}
{% macro part_of(batch) -%}
    {%- set parts = run_state().parts -%}
    {%- set key = [batch.source, batch.stream, batch.after, batch.until] | join(' ') -%}
    {%- if key not in parts -%}
        {%- set query -%}
        select
            cast(date_sub(date(min(changes.from_at)), interval 1 day) as string) as from_date,
            cast(date_add(date(max(changes.to_at)), interval 2 day) as string) as to_date
        from {{ source('meta', 'change_log') }} as changes
        where
            changes.source = {{ quoted(batch.source) }}
            and changes.stream = '{{ batch.stream }}'
            and changes.seq > {{ batch.after }}
            and changes.seq <= {{ batch.until }}
        {%- endset -%}
        {%- set row = run_query(query).rows[0] -%}
        {%- do parts.update({key: none if row[0] is none else [row[0], row[1]]}) -%}
    {%- endif -%}
    {{ return(parts[key]) }}
{%- endmacro %}

{# Whether there is any such version. #}
{% macro has_pending(model_name, stream) -%}
    {{ return(pending_batches(model_name, [stream]) | length > 0) }}
{%- endmacro %}

{# Whether a model has worked in a row already: a condition over `versions`. #}
{% macro is_applied(model_name, stream) -%}
    {%- set applied = applied_of(model_name, stream) -%}
    {%- if applied | length == 0 -%}
        false
    {%- else -%}
        versions.seq <= case versions.source
        {%- for name, seq in applied.items() %} when {{ quoted(name) }} then {{ seq }}{% endfor %} else 0 end
    {%- endif -%}
{%- endmacro %}
