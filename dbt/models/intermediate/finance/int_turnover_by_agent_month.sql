-- Grain: one row per agent, year_month and engagement threshold with at least one observed 7-day engagement.
-- A model, not an observation: the baseline hazard is set so that the month's mix of exposures gives the stated attrition,
-- and the hazard ratio is taken as given (an association reported elsewhere, not shown here).
with
settings as (
    select * from {{ ref('int_finance_settings') }}
),

agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

agent_months as (
    select * from {{ ref('fct_agent_month') }}
),

thresholds as (
    select
        'risk' as threshold_name,
        settings.risk_engagement_threshold as threshold
    from settings
    union all
    select
        'trigger' as threshold_name,
        settings.engagement_trigger as threshold
    from settings
    union all
    select
        'risk_cost' as threshold_name,
        settings.engagement_risk_cost_threshold as threshold
    from settings
),

exposures as (
    select
        agent_days.agent_id,
        agent_days.year_month,
        thresholds.threshold_name,
        thresholds.threshold,
        count(*) as observed_days,
        count(case when agent_days.engagement_7d < thresholds.threshold then 1 end) as low_days
    from agent_days
    cross join thresholds
    where agent_days.engagement_7d is not null
    group by agent_days.agent_id, agent_days.year_month, thresholds.threshold_name, thresholds.threshold
),

exposed_months as (
    select
        exposures.agent_id,
        exposures.year_month,
        exposures.threshold_name,
        exposures.threshold,
        exposures.observed_days,
        exposures.low_days / cast(exposures.observed_days as {{ dbt.type_float() }}) as risk_exposure,
        agent_months.employed_fraction
    from exposures
    inner join agent_months
        on exposures.agent_id = agent_months.agent_id
        and exposures.year_month = agent_months.year_month
    where agent_months.employed_fraction > 0
),

hazards as (
    select
        exposed_months.year_month,
        exposed_months.threshold_name,
        -ln(1 - max(settings.monthly_attrition))
        / (
            1 + (max(settings.hazard_ratio) - 1)
            * sum(exposed_months.risk_exposure * exposed_months.employed_fraction)
            / sum(exposed_months.employed_fraction)
        ) as baseline_hazard
    from exposed_months
    cross join settings
    group by exposed_months.year_month, exposed_months.threshold_name
),

modelled as (
    select
        exposed_months.*,
        settings.replacement_cost_minor,
        hazards.baseline_hazard,
        hazards.baseline_hazard * (1 + (settings.hazard_ratio - 1) * exposed_months.risk_exposure) as hazard
    from exposed_months
    inner join hazards
        on exposed_months.year_month = hazards.year_month
        and exposed_months.threshold_name = hazards.threshold_name
    cross join settings
),

chances as (
    select
        modelled.*,
        1 - exp(-modelled.hazard * modelled.employed_fraction) as leave_probability,
        exp(-modelled.baseline_hazard * modelled.employed_fraction)
        - exp(-modelled.hazard * modelled.employed_fraction) as risk_leave_probability,
        exp(-modelled.baseline_hazard * 3) - exp(-modelled.hazard * 3) as risk_leave_probability_three_months
    from modelled
),

-- Rounded, because the exponential functions of the engines differ in the last bits.
final as (
    select
        chances.agent_id,
        chances.year_month,
        chances.threshold_name,
        chances.threshold,
        chances.observed_days,
        chances.risk_exposure,
        chances.employed_fraction,
        round(chances.baseline_hazard, 12) as baseline_hazard,
        round(chances.leave_probability, 12) as leave_probability,
        round(chances.risk_leave_probability, 12) as risk_leave_probability,
        round(chances.replacement_cost_minor * chances.risk_leave_probability, 6) as risk_cost_minor,
        round(chances.replacement_cost_minor * chances.risk_leave_probability_three_months, 6)
            as risk_cost_three_months_minor
    from chances
)

select * from final
