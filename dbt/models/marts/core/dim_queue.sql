-- Grain: one row per version of a queue (queue_key); queue_id stays the same over the versions.
with
versions as (
    select * from {{ ref('int_queue_versions') }}
),

final as (
    select
        versions.queue_key,
        versions.queue_id,
        versions.source,
        versions.queue_native_id,
        versions.queue_name,
        versions.channel,
        cast(versions.complexity_milli / 1000.0 as numeric(18, 3)) as complexity,
        versions.is_inferred,
        versions.valid_to = {{ end_of_time() }} as is_current,
        versions.valid_from,
        versions.valid_to
    from versions
)

select * from final
