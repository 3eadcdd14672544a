-- Grain: one row per account and person it stands for, at whatever time. Called by refuseOtherPeople.
select distinct
    cast(links.subject_id as varchar) as account_id,
    cast(links.agent_id as varchar) as agent_id
from intermediate.int_agent_links as links
