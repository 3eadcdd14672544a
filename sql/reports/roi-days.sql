-- Grain: one row per day with work from $1 to $2, both inside. Called by readDays.
select
    agent_days.work_date,
    count(*) as agents,
    sum(agent_days.interactions) as handled
from marts.fct_agent_day as agent_days
where
    agent_days.work_date between cast($1 as date) and cast($2 as date)
    and (agent_days.interactions > 0 or agent_days.event_count > 0 or agent_days.quality_count > 0)
group by agent_days.work_date
order by agent_days.work_date
