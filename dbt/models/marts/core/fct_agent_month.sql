-- Grain: one row per agent and year_month: employment and risk exposure of the month.
-- risk_exposure is the share of the days with an observed 7-day engagement on which it lay below the threshold: a degree,
-- not a verdict, and unknown (null) without such days.
with
agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

settings as (
    select {{ as_float(setting('risk_engagement_threshold_ppm', '400000')) }} / 1000000.0 as risk_threshold
),

months as (
    select
        agent_days.agent_id,
        agent_days.year_month,
        {{ agent_day_sums('agent_days') }}
        min(dates.month_start_date) as month_start_date,
        {{ dbt.datediff('min(dates.month_start_date)', 'min(dates.month_end_date)', 'day') }} + 1 as days_in_month,
        max(agent_days.work_date) as last_date,
        count(case when agent_days.engagement_7d is not null then 1 end) as risk_days_used,
        count(case when agent_days.engagement_7d < settings.risk_threshold then 1 end) as low_engagement_days,
        count(case when agent_days.is_employed and agent_days.work_date = dates.month_start_date then 1 end) > 0
            as is_employed_at_start
    from agent_days
    inner join dates on agent_days.work_date = dates.date_day
    cross join settings
    group by agent_days.agent_id, agent_days.year_month
),

leavings as (
    select
        employment.agent_id,
        dates.year_month,
        employment.left_reason,
        row_number() over (
            partition by employment.agent_id, dates.year_month
            order by employment.left_on desc
        ) as last_one_first
    from {{ ref('int_employment') }} as employment
    inner join dates on employment.left_on = dates.date_day
),

final as (
    select
        months.agent_id,
        last_days.agent_key,
        months.year_month,
        months.month_start_date,
        months.is_employed_at_start,
        cast(months.days_in_month as bigint) as days_in_month,
        cast(months.employed_days / cast(months.days_in_month as {{ dbt.type_float() }}) as {{ dbt.type_float() }})
            as employed_fraction,
        leavings.agent_id is not null as has_left,
        leavings.left_reason,
        {{ agent_period_columns('months') }}
        cast(months.low_engagement_days as bigint) as low_engagement_days,
        cast(months.risk_days_used as bigint) as risk_days_used,
        cast(
            months.low_engagement_days / nullif(cast(months.risk_days_used as {{ dbt.type_float() }}), 0)
            as {{ dbt.type_float() }}
        ) as risk_exposure
    from months
    inner join agent_days as last_days
        on months.agent_id = last_days.agent_id
        and months.last_date = last_days.work_date
    left join leavings
        on months.agent_id = leavings.agent_id
        and months.year_month = leavings.year_month
        and leavings.last_one_first = 1
)

select * from final
