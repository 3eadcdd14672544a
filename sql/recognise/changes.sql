-- Grain: one row per agent (null: everybody) whose days a batch of one stream ($1) after a number ($2) touched, with the
-- first and the last of them; null where there is none. Called by readChanges.
select
    links.agent_id,
    case when count(*) = count(changes.from_at) then cast(min(changes.from_at) as date) end as from_date,
    case when count(*) = count(changes.to_at) then cast(max(changes.to_at) as date) end as to_date
from meta.change_log as changes
left join intermediate.int_agent_links as links on changes.subject_id = links.subject_id
where
    changes.source || '.' || changes.stream = $1
    and changes.seq > $2
    and (changes.subject_id is null or links.agent_id is not null)
group by links.agent_id
