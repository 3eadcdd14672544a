-- Grain: one row per week, month or whole window ($3: week, month, all) from $1 to $2, both inside. Called by readActivity.
-- Engagement is the mean over agents of each agent's mean over days, so that the busy do not count more.
with
days as (
    select
        agent_days.*,
        case $3 when 'week' then agent_days.iso_week when 'month' then agent_days.year_month else 'all' end as label,
        agent_days.interactions > 0 or agent_days.event_count > 0 or agent_days.quality_count > 0 as is_worked
    from marts.fct_agent_day as agent_days
    where agent_days.work_date between cast($1 as date) and cast($2 as date)
),

agents as (
    select
        days.label,
        days.agent_id,
        max(case when days.is_worked or days.is_scheduled then 1 else 0 end) as is_active,
        sum(case when days.is_worked then 1 else 0 end) as agent_days,
        sum(case when days.is_worked and days.handle_state != 'final' then 1 else 0 end) as provisional_agent_days,
        sum(days.interactions) as handled,
        sum(days.handle_count) as timed,
        sum(days.handle_seconds) as handle_seconds,
        sum(days.quality_sum) as quality_sum,
        sum(days.quality_count) as quality_count,
        avg(days.engagement) as engagement,
        count(days.engagement) as engagement_days
    from days
    group by days.label, days.agent_id
),

sums as (
    select
        agents.label,
        sum(agents.is_active) as agents,
        sum(agents.agent_days) as agent_days,
        sum(agents.provisional_agent_days) as provisional_agent_days,
        sum(agents.handled) as handled,
        sum(agents.timed) as timed,
        coalesce(cast(round(sum(agents.handle_seconds) * 1000) as bigint), 0) as handle_ms,
        coalesce(cast(round(sum(agents.quality_sum) * 1000) as bigint), 0) as quality_sum_milli,
        coalesce(sum(agents.quality_count), 0) as quality_count,
        cast(round(avg(agents.engagement) * 1000000) as bigint) as engagement_ppm,
        count(agents.engagement) as engagement_agents,
        sum(agents.engagement_days) as engagement_days
    from agents
    group by agents.label
),

covered as (
    select
        days.label,
        count(distinct case when days.is_worked then days.work_date end) as days_used,
        count(distinct case when days.is_worked and days.handle_state != 'final' then days.work_date end)
            as provisional_days
    from days
    group by days.label
)

select
    sums.*,
    covered.days_used,
    covered.provisional_days
from sums
inner join covered on sums.label = covered.label
order by sums.label
