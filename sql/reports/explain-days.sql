-- Grain: one row per work_date from $1 to $2, both inside, with interactions. Called by explainComparison.
select
    agent_days.work_date,
    sum(agent_days.interactions) as handled,
    sum(agent_days.handle_count) as timed,
    cast(sum(agent_days.handle_seconds) as double) as handle_seconds
from marts.fct_agent_day as agent_days
where agent_days.work_date between cast($1 as date) and cast($2 as date) and agent_days.interactions > 0
group by agent_days.work_date
order by agent_days.work_date
