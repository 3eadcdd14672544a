-- grain: one agent at one source, by the account in force last; caller: gami flair reconcile
-- An account shows the flair of who has it at $1 (an instant), or had it last before that.
with
holders as (
    select
        links.source,
        links.agent_native_id,
        links.agent_id,
        row_number() over (
            partition by links.source, links.agent_native_id
            order by links.starts_at desc, cast(links.agent_id as varchar)
        ) as newest_first
    from intermediate.int_agent_links as links
    where links.starts_at <= cast($1 as timestamp)
),

accounts as (
    select
        agents.agent_id,
        agents.source,
        agents.agent_native_id,
        row_number() over (
            partition by agents.agent_id, agents.source
            order by agents.valid_to desc, agents.agent_native_id
        ) as newest_first
    from marts.dim_agent as agents
    inner join holders
        on agents.source = holders.source
        and agents.agent_native_id = holders.agent_native_id
        and agents.agent_id = holders.agent_id
        and holders.newest_first = 1
)

select
    cast(accounts.agent_id as varchar) as agent_id,
    accounts.source,
    accounts.agent_native_id
from accounts
where accounts.newest_first = 1
order by accounts.agent_id, accounts.source
