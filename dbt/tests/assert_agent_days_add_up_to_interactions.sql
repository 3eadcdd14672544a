-- Nothing an agent did falls off the spine, and no join multiplies it: agent days, weeks and months count the handled
-- interactions of fct_interaction (and of day records where a day has no interactions of its own).
with
expected as (
    select
        sum(totals.interactions) as interactions,
        sum(totals.handle_seconds) as handle_seconds
    from (
        select
            count(*) as interactions,
            sum(interactions.handle_seconds) as handle_seconds
        from {{ ref('fct_interaction') }} as interactions
        where interactions.is_handled
        union all
        select
            sum(days.interactions) as interactions,
            sum(days.handle_seconds) as handle_seconds
        from {{ ref('fct_agent_day') }} as days
        where days.handle_basis = 'performance_day'
    ) as totals
),

counted as (
    select
        'fct_agent_day' as mart,
        sum(days.interactions) as interactions,
        sum(days.handle_seconds) as handle_seconds
    from {{ ref('fct_agent_day') }} as days
    union all
    select
        'fct_agent_week' as mart,
        sum(weeks.interactions) as interactions,
        sum(weeks.handle_seconds) as handle_seconds
    from {{ ref('fct_agent_week') }} as weeks
    union all
    select
        'fct_agent_month' as mart,
        sum(months.interactions) as interactions,
        sum(months.handle_seconds) as handle_seconds
    from {{ ref('fct_agent_month') }} as months
)

select
    counted.mart,
    counted.interactions,
    expected.interactions as expected_interactions,
    counted.handle_seconds,
    expected.handle_seconds as expected_handle_seconds
from counted
cross join expected
where
    coalesce(counted.interactions, 0) != coalesce(expected.interactions, 0)
    or coalesce(counted.handle_seconds, 0) != coalesce(expected.handle_seconds, 0)
