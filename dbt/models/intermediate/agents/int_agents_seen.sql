-- Grain: one row per native agent id that any version of any record has ever named.
-- It only ever grows, so an incremental run adds what new batches name for the first time, and nothing on most days.
{{ config(
    materialized='incremental',
    unique_key='subject_id',
    post_hook=["{{ mark_applied('int_agents_seen') }}"],
) }}
with
named as (
    {%- for stream in streams_of('int_agents_seen') if stream != 'identity' %}
    select
        versions.subject_id,
        versions.source,
        versions.agent_native_id
    {%- if is_incremental() %}
    from {{ pending_versions('int_agents_seen', stream, with_closed=true) }} as versions
    {%- else %}
    from {{ versions_until(stream) }} as versions
    {%- endif %}
    where versions.subject_id is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        named.subject_id,
        min(named.source) as source,
        min(named.agent_native_id) as agent_native_id
    from named
    {%- if is_incremental() %}
    where named.subject_id not in (select known.subject_id from {{ this }} as known)
    {%- endif %}
    group by named.subject_id
)

select * from final
