-- Grain: one row per queue that any version of an interaction has ever named. It only ever grows.
{{ config(
    materialized='incremental',
    unique_key=['source', 'queue_native_id'],
    post_hook=["{{ mark_applied('int_queues_seen') }}"],
) }}
with
interactions as (
    {%- if is_incremental() %}
    select * from {{ pending_versions('int_queues_seen', 'interaction', with_closed=true) }} as versions
    {%- else %}
    select * from {{ versions_until('interaction') }} as versions
    {%- endif %}
    where versions.queue_native_id is not null
),

final as (
    select distinct
        interactions.source,
        interactions.queue_native_id
    from interactions
    {%- if is_incremental() %}
    where
        not exists (
            select 1
            from {{ this }} as known
            where known.source = interactions.source and known.queue_native_id = interactions.queue_native_id
        )
    {%- endif %}
)

select * from final
