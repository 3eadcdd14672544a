-- Grain: one row per twentieth of the engagement scale with an agent in it, $1 to $2 both inside. Called by readBins.
-- below_risk counts the agents below $3, in ppm: a threshold may lie within a twentieth.
with
agents as (
    select
        agent_days.agent_id,
        avg(agent_days.engagement) as engagement
    from marts.fct_agent_day as agent_days
    where agent_days.work_date between cast($1 as date) and cast($2 as date) and agent_days.engagement is not null
    group by agent_days.agent_id
)

select
    least(cast(floor(round(agents.engagement * 1000000) / 50000) as integer), 19) as bin,
    count(*) as agents,
    count(case when round(agents.engagement * 1000000) < cast($3 as bigint) then 1 end) as below_risk
from agents
group by bin
order by bin
