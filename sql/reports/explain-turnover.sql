-- Grain: one row per agent in the latest month up to $1 the turnover model covers, at the threshold $2 in ppm.
-- Called by explainTurnover. Amounts in minor units.
with
latest as (
    select max(turnover.year_month) as year_month
    from intermediate.int_turnover_by_agent_month as turnover
    where turnover.year_month <= $1
)

select
    cast(turnover.agent_id as varchar) as agent_id,
    turnover.threshold_name,
    turnover.risk_exposure,
    turnover.employed_fraction,
    turnover.leave_probability,
    turnover.risk_cost_minor
from intermediate.int_turnover_by_agent_month as turnover
inner join latest on turnover.year_month = latest.year_month
where cast(round(turnover.threshold * 1000000) as bigint) = cast($2 as bigint)
order by turnover.agent_id, turnover.threshold_name
