-- Grain: one row per counted cost of the months from $1 to $2, both inside; of the kind $3, or of every kind where it is
-- empty. Called by explainCosts.
select
    cast(costs.cost_key as varchar) as cost_key,
    costs.kind,
    costs.incurred_on,
    costs.amount_minor
from intermediate.int_costs as costs
where costs.is_counted and costs.year_month between $1 and $2 and ($3 = '' or costs.kind = $3)
order by costs.incurred_on, costs.kind, costs.cost_key
