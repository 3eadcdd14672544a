-- Grain: one row per source and reason why interactions stay out of the marts, with how many do.
{{ config(materialized='view') }}
with
interactions as (
    select * from {{ ref('int_interactions_resolved') }}
    where not is_empty and (is_unmapped or work_date is null)
),

final as (
    select
        interactions.source,
        case
            when interactions.is_unmapped then 'no link names the agent'
            else 'no instant to date it by'
        end as reason,
        count(*) as interactions
    from interactions
    group by 1, 2
)

select * from final
