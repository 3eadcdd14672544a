-- Grain: one row per span in which an account ($1 its source, $2 its native id) stands for one person and that began by $3 (an
-- instant), the latest first. Called by personOf.
select
    cast(links.agent_id as varchar) as agent_id,
    links.starts_at
from intermediate.int_agent_links as links
where
    links.source = $1
    and links.agent_native_id = $2
    and links.starts_at <= cast($3 as timestamp)
order by links.starts_at desc
