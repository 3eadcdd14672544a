-- Grain: one row per challenge whose settings are known, as it stands at $1 (an instant), with what it has cost so far by itself (null: no cost is loaded),
-- and the last day up to $2 for which a cost is loaded that a boost can show in: rewards, or points owed. Called by readChallengeFacts.
with
costs as (
    select
        months.challenge_id,
        nullif(sum(months.direct_cost_minor), 0) as spent_minor
    from marts.fct_challenge_month as months
    group by months.challenge_id
),

-- Licences and administration cost what they cost, boosted or not.
paid as (
    select
        costs.challenge_id,
        max(costs.incurred_on) as paid_until
    from intermediate.int_costs as costs
    where
        costs.is_counted
        and costs.kind in ('reward', 'liability_change')
        and costs.incurred_on <= cast($2 as date)
    group by costs.challenge_id
)

select
    challenges.challenge_id,
    challenges.challenge_native_id,
    challenges.challenge_name,
    challenges.source,
    states.status,
    challenges.multiplier,
    challenges.starts_at,
    challenges.ends_at,
    challenges.budget_minor,
    costs.spent_minor,
    paid.paid_until
from marts.dim_challenge as challenges
inner join intermediate.int_challenge_states as states
    on challenges.challenge_id = states.challenge_id
    and states.valid_from <= cast($1 as timestamp)
    and states.valid_to > cast($1 as timestamp)
left join costs on challenges.challenge_id = costs.challenge_id
left join paid on challenges.challenge_id = paid.challenge_id
where
    not challenges.is_inferred
    and challenges.valid_from <= cast($1 as timestamp)
    and challenges.valid_to > cast($1 as timestamp)
order by challenges.challenge_id
