-- Grain: one row per agent who was ever known at a source ($1). Called by readChanges.
select distinct cast(agents.agent_id as varchar) as agent_id
from marts.dim_agent as agents
where agents.source = $1
