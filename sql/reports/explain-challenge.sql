-- Grain: one row per year_month from $1 to $2 of the challenge $3. Called by explainChallenge. Amounts in minor units.
select
    months.year_month,
    months.active_agents,
    months.benefit_unweighted_minor as gain,
    months.benefit_minor as gain_weighted,
    cast(months.cost_minor as double) as cost,
    cast(months.points_paid as double) as points_paid,
    months.points_credited_unweighted as points_unweighted,
    months.points_credited as points_weighted
from marts.fct_challenge_month as months
where months.year_month between $1 and $2 and cast(months.challenge_id as varchar) = $3
order by months.year_month
