-- Grain: one row per version of a queue; the versions of a queue cover all of time.
-- A version holds from when it was loaded, the first one since ever. A queue that is only named gets an inferred one.
{{ config(post_hook=["{{ mark_applied('int_queue_versions', ['int_queues_seen']) }}"]) }}
with
queues_seen as (
    select * from {{ ref('int_queues_seen') }}
),

current_queues as (
    select * from {{ as_of('queue') }}
),

all_queues as (
    select * from {{ versions_until('queue') }}
),

dated as (
    select
        all_queues.*,
        row_number() over (
            partition by all_queues.business_key, all_queues.recorded_at
            order by all_queues.revision desc, all_queues.seq desc
        ) as newest_first
    from all_queues
    inner join current_queues on all_queues.business_key = current_queues.business_key
    where not all_queues.is_deleted
),

spans as (
    select
        dated.*,
        lag(dated.recorded_at) over (partition by dated.business_key order by dated.recorded_at) as previous_from,
        lead(dated.recorded_at) over (partition by dated.business_key order by dated.recorded_at) as next_from
    from dated
    where dated.newest_first = 1
),

named as (
    select queues_seen.source, queues_seen.queue_native_id from queues_seen
    union distinct
    select current_queues.source, current_queues.queue_native_id from current_queues
),

versions as (
    select
        named.source,
        named.queue_native_id,
        {{ durable_key('queue', 'named.source', ['named.queue_native_id']) }} as queue_id,
        spans.business_key is null as is_inferred,
        coalesce(spans.name, named.queue_native_id) as queue_name,
        spans.channel,
        spans.complexity_milli,
        case
            when spans.previous_from is null then {{ beginning_of_time() }} else spans.recorded_at
        end as valid_from,
        coalesce(spans.next_from, {{ end_of_time() }}) as valid_to
    from named
    left join spans
        on named.source = spans.source
        and named.queue_native_id = spans.queue_native_id
),

final as (
    select
        {{ durable_key('queue_version', 'versions.source', [
            'versions.queue_native_id',
            instant_text('versions.valid_from'),
        ]) }} as queue_key,
        versions.*
    from versions
)

select * from final
