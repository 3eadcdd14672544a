-- Grain: one row per challenge with points in the month $1; the unattributed rest is one of them. Called by explainPoints.
select
    months.challenge_name,
    cast(months.challenge_id as varchar) as challenge_id,
    months.is_unattributed,
    cast(months.points_paid as double) as points_paid,
    months.points_credited_unweighted as points_unweighted,
    months.points_credited as points_weighted
from marts.fct_challenge_month as months
where months.year_month = $1
order by months.challenge_id
