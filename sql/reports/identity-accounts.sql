-- Grain: one row per agent record in force, the latest of a native id last. Called by readAccounts.
with
records as (
    select source, agent_native_id, employee_id, email_hmac, is_active, effective_at, seq
    from raw.genesys_agent
    where superseded_seq is null and not is_deleted
    union all
    select source, agent_native_id, employee_id, email_hmac, is_active, effective_at, seq
    from raw.cxone_agent
    where superseded_seq is null and not is_deleted
    union all
    select source, agent_native_id, employee_id, email_hmac, is_active, effective_at, seq
    from raw.csv_agent
    where superseded_seq is null and not is_deleted
)

select
    records.source,
    records.agent_native_id,
    records.employee_id,
    records.email_hmac,
    records.is_active
from records
order by records.source, records.agent_native_id, records.effective_at nulls first, records.seq
