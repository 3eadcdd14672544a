-- Grain: one row per engagement threshold, in the latest month up to $1 the turnover model covers. Called by readRisk.
with
latest as (
    select max(turnover.year_month) as year_month
    from intermediate.int_turnover_by_agent_month as turnover
    where turnover.year_month <= $1
)

select
    turnover.year_month,
    cast(round(max(turnover.threshold) * 1000000) as bigint) as threshold_ppm,
    count(*) as agents,
    cast(round(
        sum(turnover.risk_exposure * turnover.employed_fraction) / sum(turnover.employed_fraction) * 1000000
    ) as bigint) as at_risk_ppm,
    sum(turnover.leave_probability) as expected_leavers,
    cast(round(sum(turnover.risk_cost_minor)) as bigint) as risk_cost_minor
from intermediate.int_turnover_by_agent_month as turnover
inner join latest on turnover.year_month = latest.year_month
group by turnover.year_month, turnover.threshold_name
order by threshold_ppm
