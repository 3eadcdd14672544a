-- Grain: one row per agent with a team, the first one known; of a person with several accounts the first by source, as in
-- dim_agent. Part of what is clustered by team.
select
    versions.agent_id,
    versions.team
from (
    select
        agents.agent_id,
        agents.source || ':' || coalesce(agents.team_id, agents.team_name) as team,
        row_number() over (
            partition by agents.agent_id
            order by agents.valid_from, agents.source, agents.agent_native_id
        ) as place
    from marts.dim_agent as agents
    where coalesce(agents.team_id, agents.team_name) is not null
) as versions
where versions.place = 1
