-- Rows in = rows out: every current raw interaction is in fct_interaction, or counted as left out.
with
raw_rows as (
    select
        interactions.source,
        count(*) as interactions
    from {{ as_of('interaction') }} as interactions
    group by interactions.source
),

mart_rows as (
    select
        interactions.source,
        count(*) as interactions
    from {{ ref('fct_interaction') }} as interactions
    group by interactions.source
    union all
    select
        left_out.source,
        left_out.interactions
    from {{ ref('int_interactions_left_out') }} as left_out
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
