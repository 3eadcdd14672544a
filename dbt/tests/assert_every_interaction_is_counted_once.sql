-- Rows in = rows out: every current raw interaction is in fct_interaction, or counted as left out.
with
raw_rows as (
    select
        interactions.source,
        count(*) as interactions
    from {{ as_of('interaction') }} as interactions
    where true {{ within_touched('interactions.event_at') }}
    group by interactions.source
),

mart_rows as (
    select
        interactions.source,
        count(*) as interactions
    from {{ ref('fct_interaction') }} as interactions
    where true {{ within_touched('interactions.timestamp_utc') }}
    group by interactions.source
    union all
    select
        left_out.source,
        count(*) as interactions
    from {{ ref('int_interactions_resolved') }} as left_out
    where
        not left_out.is_empty
        and (left_out.is_unmapped or left_out.work_date is null)
        {{ within_touched('left_out.event_at') }}
    group by left_out.source
),

mart_sums as (
    select
        mart_rows.source,
        sum(mart_rows.interactions) as interactions
    from mart_rows
    group by mart_rows.source
)

select
    raw_rows.source,
    raw_rows.interactions as in_raw,
    mart_sums.interactions as in_marts
from raw_rows
full outer join mart_sums on raw_rows.source = mart_sums.source
where coalesce(raw_rows.interactions, 0) != coalesce(mart_sums.interactions, 0)
