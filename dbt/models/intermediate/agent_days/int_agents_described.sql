-- Grain: one row per agent and span [starts_at, ends_at): which version of which account describes the person then.
-- Of several accounts the one the person is employed under, the most recently begun first; where none is, the one that was
-- closed last. An account nobody describes says nothing while another one can.
with
agents as (
    select * from {{ ref('dim_agent') }}
),

stints as (
    select
        accounts.agent_id,
        accounts.source,
        accounts.agent_native_id,
        accounts.left_on,
        coalesce(cast(accounts.hired_on as {{ dbt.type_timestamp() }}), {{ beginning_of_time() }}) as begins_at,
        coalesce(
            cast({{ add_days('accounts.left_on', 1) }} as {{ dbt.type_timestamp() }}), {{ end_of_time() }}
        ) as ends_at
    from {{ ref('int_account_stints') }} as accounts
),

changes as (
    select
        agents.agent_id,
        agents.valid_from as changes_at
    from agents
    union distinct
    select
        agents.agent_id,
        agents.valid_to as changes_at
    from agents
    union distinct
    select
        stints.agent_id,
        stints.begins_at as changes_at
    from stints
    union distinct
    select
        stints.agent_id,
        stints.ends_at as changes_at
    from stints
),

spans as (
    select
        changes.agent_id,
        changes.changes_at as starts_at,
        lead(changes.changes_at) over (partition by changes.agent_id order by changes.changes_at) as ends_at
    from changes
),

-- What the source says of being active is of today, so an end that is known says more.
candidates as (
    select
        spans.agent_id,
        spans.starts_at,
        spans.ends_at,
        agents.agent_key,
        agents.source,
        agents.agent_native_id,
        agents.is_inferred,
        stints.left_on,
        coalesce(stints.begins_at, {{ beginning_of_time() }}) as begun_at,
        coalesce(stints.ends_at >= spans.ends_at, false)
        and (stints.left_on is not null or coalesce(agents.is_active, true)) as is_employed
    from spans
    inner join agents
        on spans.agent_id = agents.agent_id
        and spans.starts_at >= agents.valid_from
        and spans.ends_at <= agents.valid_to
    left join stints
        on agents.agent_id = stints.agent_id
        and agents.source = stints.source
        and agents.agent_native_id = stints.agent_native_id
        and spans.starts_at >= stints.begins_at
),

ranked as (
    select
        candidates.*,
        row_number() over (
            partition by candidates.agent_id, candidates.starts_at
            order by
                case when candidates.is_inferred then 1 else 0 end,
                case when candidates.is_employed then 0 else 1 end,
                case
                    when candidates.is_employed or candidates.left_on is null then {{ beginning_of_time() }}
                    else cast(candidates.left_on as {{ dbt.type_timestamp() }})
                end desc,
                candidates.begun_at desc,
                candidates.source,
                candidates.agent_native_id
        ) as best_first
    from candidates
),

final as (
    select
        ranked.agent_id,
        ranked.starts_at,
        ranked.ends_at,
        ranked.agent_key
    from ranked
    where ranked.best_first = 1
)

select * from final
