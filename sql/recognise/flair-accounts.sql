-- grain: one agent at one source, by the account in force last; caller: gami flair reconcile
-- An account that several people used shows the flair of one of them.
with
shared as (
    select
        agents.source,
        agents.agent_native_id,
        min(cast(agents.agent_id as varchar)) as agent_id
    from marts.dim_agent as agents
    group by agents.source, agents.agent_native_id
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
    inner join shared
        on agents.source = shared.source
        and agents.agent_native_id = shared.agent_native_id
        and cast(agents.agent_id as varchar) = shared.agent_id
)

select
    cast(accounts.agent_id as varchar) as agent_id,
    accounts.source,
    accounts.agent_native_id
from accounts
where accounts.newest_first = 1
order by accounts.agent_id, accounts.source
