-- Grain: one row per agent at work now and still on $1 (a day), with the team the draw knows and the agent's zone. Called by writeHoldout.
-- An account that several people used is one.
select
    agents.source,
    coalesce(agents.team_id, agents.team_name) as team,
    agents.agent_native_id,
    min(agents.zone) as zone
from marts.dim_agent as agents
left join intermediate.int_employment as employment on agents.agent_id = employment.agent_id
where
    agents.is_current
    and coalesce(agents.team_id, agents.team_name) is not null
    and (employment.left_on is null or employment.left_on >= cast($1 as date))
    and coalesce(agents.is_active, true)
group by agents.source, coalesce(agents.team_id, agents.team_name), agents.agent_native_id
order by agents.source, agents.agent_native_id
