-- No action is credited twice or lost: its weights sum to 1, by lifecycle and equally. No day is, either.
with
actions as (
    select
        'action' as share_of,
        cast(credits.action_key as {{ dbt.type_string() }}) as share_key,
        sum(credits.attribution_weight + credits.unattributed_weight) as weighted,
        sum(credits.equal_weight + credits.equal_unattributed_weight) as unweighted
    from {{ ref('int_gamification_events_credited') }} as credits
    where not credits.is_empty
    group by credits.action_key
),

days as (
    select
        'agent-day' as share_of,
        cast(shares.agent_id as {{ dbt.type_string() }}) || ' ' || cast(shares.work_date as {{ dbt.type_string() }})
            as share_key,
        sum(shares.weighted_share) as weighted,
        sum(shares.unweighted_share) as unweighted
    from {{ ref('int_challenge_shares_by_agent_day') }} as shares
    group by shares.agent_id, shares.work_date
),

shares as (
    select * from actions
    union all
    select * from days
)

select * from shares
where abs(shares.weighted - 1) > 1e-9 or abs(shares.unweighted - 1) > 1e-9
