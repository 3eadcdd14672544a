-- Grain: one row per agent at work now and still on $1 (a day), with the team the draw knows and the agent's zone. Called by writeHoldout.
-- An account that several people used is one.
with
-- Null of those without an end, or who came back.
last_days as (
    select
        employment.agent_id,
        case when count(*) = count(employment.left_on) then max(employment.left_on) end as left_on
    from intermediate.int_employment as employment
    group by employment.agent_id
)

select
    agents.source,
    coalesce(agents.team_id, agents.team_name) as team,
    agents.agent_native_id,
    min(agents.zone) as zone
from marts.dim_agent as agents
left join last_days on agents.agent_id = last_days.agent_id
where
    agents.is_current
    and coalesce(agents.team_id, agents.team_name) is not null
    and (last_days.left_on is null or last_days.left_on >= cast($1 as date))
    and coalesce(agents.is_active, true)
group by agents.source, coalesce(agents.team_id, agents.team_name), agents.agent_native_id
order by agents.source, agents.agent_native_id
