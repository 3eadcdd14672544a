-- Grain: one row per agent and ISO week of work_date: the panel of the estimators.
-- Engagement is the mean of the agent's observed days; handle time, quality and CSAT are sums to be divided last.
with
agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

weeks as (
    select
        agent_days.agent_id,
        agent_days.iso_week,
        {{ agent_day_sums('agent_days') }}
        min(dates.week_start_date) as week_start_date,
        max(agent_days.work_date) as last_date
    from agent_days
    inner join dates on agent_days.work_date = dates.date_day
    group by agent_days.agent_id, agent_days.iso_week
),

final as (
    select
        weeks.agent_id,
        last_days.agent_key,
        weeks.iso_week,
        weeks.week_start_date,
        {{ agent_period_columns('weeks') }}
        last_days.engagement_7d,
        last_days.engagement_7d_days_used
    from weeks
    inner join agent_days as last_days
        on weeks.agent_id = last_days.agent_id
        and weeks.last_date = last_days.work_date
)

select * from final
