-- Grain: one row per link in force between an account and a person. Called by readLinks.
with
links as (
    select source, source_system, agent_native_id, effective_at, ends_at, agent_id, method
    from raw.gami_identity
    where superseded_seq is null and not is_deleted
    union all
    select source, source_system, agent_native_id, effective_at, ends_at, agent_id, method
    from raw.csv_identity
    where superseded_seq is null and not is_deleted
)

select
    links.source,
    links.source_system,
    links.agent_native_id,
    links.effective_at,
    links.ends_at,
    links.agent_id,
    links.method
from links
order by links.source_system, links.agent_native_id, links.effective_at nulls last
