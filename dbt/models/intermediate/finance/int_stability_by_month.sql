-- Grain: one row per year_month in which at least one enrolled agent reached 90 days of follow-up.
-- Leavers within days 0 to 89 after the first enrolment, against what the stated monthly attrition would have given.
-- The cost of the same 90 days follows the enrolled agent-days.
with
settings as (
    select * from {{ ref('int_finance_settings') }}
),

enrolments as (
    select * from {{ ref('int_first_enrolments') }}
),

effects as (
    select * from {{ ref('int_effects_by_agent_day') }}
),

costs as (
    select * from {{ ref('int_costs_by_challenge_month') }}
),

cost_months as (
    select
        costs.year_month,
        sum(costs.cost_minor) as cost_minor
    from costs
    group by costs.year_month
),

day_months as (
    select
        effects.year_month,
        count(*) as enrolled_agent_days
    from effects
    group by effects.year_month
),

agent_costs as (
    select
        effects.agent_id,
        sum(coalesce(cost_months.cost_minor, 0) / cast(day_months.enrolled_agent_days as {{ dbt.type_float() }}))
            as cost_minor
    from effects
    inner join day_months on effects.year_month = day_months.year_month
    left join cost_months on effects.year_month = cost_months.year_month
    where effects.days_since_enrolment between 0 and 89
    group by effects.agent_id
),

horizon as (
    select max(sources.last_date) as as_of_date from {{ ref('int_sources_loaded') }} as sources
),

followed as (
    select
        enrolments.agent_id,
        {{ year_month(add_days('enrolments.enrolled_on', 89)) }} as year_month,
        coalesce(enrolments.left_on <= {{ add_days('enrolments.enrolled_on', 89) }}, false) as has_left,
        coalesce(agent_costs.cost_minor, 0.0) as cost_minor
    from enrolments
    inner join horizon on {{ add_days('enrolments.enrolled_on', 89) }} <= horizon.as_of_date
    left join agent_costs on enrolments.agent_id = agent_costs.agent_id
),

final as (
    select
        followed.year_month,
        count(*) as agents,
        count(case when followed.has_left then 1 end) as leavers,
        count(*) * (1 - exp(3 * ln(1 - max(settings.monthly_attrition)))) as expected_leavers,
        sum(followed.cost_minor) as cost_minor
    from followed
    cross join settings
    group by followed.year_month
)

select * from final
