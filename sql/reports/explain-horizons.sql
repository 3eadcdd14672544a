-- Grain: one row per year_month: the parts of both horizons, in minor units. Called by explainHorizon.
select
    months.year_month,
    months.operational_benefit_minor as operational_gain,
    months.operational_cost_minor as operational_cost,
    months.stability_benefit_minor as stability_gain,
    months.stability_cost_minor as stability_cost
from marts.fct_program_month as months
order by months.year_month
