-- Grain: one row per agent from $1 to $2, both inside: what roi-activity adds up or averages. Called by explainActivity.
with
days as (
    select
        agent_days.*,
        agent_days.interactions > 0 or agent_days.event_count > 0 or agent_days.quality_count > 0 as is_worked
    from marts.fct_agent_day as agent_days
    where agent_days.work_date between cast($1 as date) and cast($2 as date)
)

select
    cast(days.agent_id as varchar) as agent_id,
    max(case when days.is_worked or days.is_scheduled then 1 else 0 end) as is_active,
    sum(days.interactions) as handled,
    sum(days.handle_count) as timed,
    cast(sum(days.handle_seconds) as double) as handle_seconds,
    cast(sum(days.quality_sum) as double) as quality_sum,
    sum(days.quality_count) as quality_count,
    avg(days.engagement) as engagement,
    count(days.engagement) as engagement_days
from days
group by days.agent_id
order by days.agent_id
