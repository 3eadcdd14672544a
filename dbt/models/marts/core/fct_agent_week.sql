-- Grain: one row per agent and ISO week of work_date: the panel of the estimators.
-- Engagement is the mean of the agent's observed days; handle time, quality and CSAT are sums to be divided last.
with
agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

ranked as (
    select
        agent_days.*,
        dates.week_start_date,
        row_number() over (
            partition by agent_days.agent_id, agent_days.iso_week
            order by agent_days.work_date desc
        ) as newest_first
    from agent_days
    inner join dates on agent_days.work_date = dates.date_day
),

weeks as (
    select
        ranked.agent_id,
        ranked.iso_week,
        {{ agent_day_sums('ranked') }}
        min(ranked.week_start_date) as week_start_date,
        max(ranked.work_date) as last_date
    from ranked
    group by ranked.agent_id, ranked.iso_week
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
    inner join ranked as last_days
        on weeks.agent_id = last_days.agent_id
        and weeks.iso_week = last_days.iso_week
        and last_days.newest_first = 1
)

select * from final
