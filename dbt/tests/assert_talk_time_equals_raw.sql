-- Talk and handle time in = out, to the millisecond: what raw holds is in fct_interaction or in the rows left out of it.
with
raw_sums as (
    select
        sum(interactions.talk_ms) as talk_ms,
        sum({{ handle_ms('interactions') }}) as handle_ms
    from {{ as_of('interaction') }} as interactions
    where true {{ within_touched('interactions.event_at') }}
),

mart_sums as (
    select
        sum(interactions.talk_seconds) as talk_seconds,
        sum(interactions.handle_seconds) as handle_seconds
    from {{ ref('fct_interaction') }} as interactions
    where true {{ within_touched('interactions.timestamp_utc') }}
),

left_out_sums as (
    select
        sum(interactions.talk_ms) as talk_ms,
        sum(interactions.handle_ms) as handle_ms
    from {{ ref('int_interactions_resolved') }} as interactions
    where
        not interactions.is_empty
        and (interactions.is_unmapped or interactions.work_date is null)
        {{ within_touched('interactions.event_at') }}
)

select
    raw_sums.talk_ms,
    mart_sums.talk_seconds,
    left_out_sums.talk_ms as left_out_talk_ms,
    raw_sums.handle_ms,
    mart_sums.handle_seconds,
    left_out_sums.handle_ms as left_out_handle_ms
from raw_sums
cross join mart_sums
cross join left_out_sums
where
    coalesce(raw_sums.talk_ms, 0) != coalesce(mart_sums.talk_seconds, 0) * 1000 + coalesce(left_out_sums.talk_ms, 0)
    or coalesce(raw_sums.handle_ms, 0)
    != coalesce(mart_sums.handle_seconds, 0) * 1000 + coalesce(left_out_sums.handle_ms, 0)
