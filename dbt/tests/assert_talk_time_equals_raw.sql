-- Talk and handle time of the marts, to the millisecond, are what raw holds for the interactions that are not left out.
with
raw_sums as (
    select
        sum(interactions.talk_ms) as talk_ms,
        sum({{ handle_ms('interactions') }}) as handle_ms
    from {{ as_of('interaction') }} as interactions
    where not exists (
        select 1
        from {{ ref('int_interactions_resolved') }} as left_out
        where
            left_out.interaction_key = interactions.business_key
            and (left_out.is_unmapped or left_out.work_date is null)
    )
),

mart_sums as (
    select
        sum(interactions.talk_seconds) as talk_seconds,
        sum(interactions.handle_seconds) as handle_seconds
    from {{ ref('fct_interaction') }} as interactions
)

select
    raw_sums.talk_ms,
    mart_sums.talk_seconds,
    raw_sums.handle_ms,
    mart_sums.handle_seconds
from raw_sums
cross join mart_sums
where
    coalesce(raw_sums.talk_ms, 0) != coalesce(mart_sums.talk_seconds, 0) * 1000
    or coalesce(raw_sums.handle_ms, 0) != coalesce(mart_sums.handle_seconds, 0) * 1000
