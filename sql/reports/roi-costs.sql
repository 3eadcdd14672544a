-- Grain: one row per year_month and kind of cost from $1 to $2, both inside. Called by readMonths.
select
    costs.year_month,
    costs.kind,
    cast(sum(costs.amount_minor) as bigint) as amount_minor,
    count(*) as entries
from intermediate.int_costs as costs
where costs.is_counted and costs.year_month between $1 and $2
group by costs.year_month, costs.kind
order by costs.year_month, costs.kind
