-- Grain: one row per agent the marts know. Called by planLateDays, where something touched everybody.
select distinct cast(agents.agent_id as varchar) as agent_id
from marts.dim_agent as agents
