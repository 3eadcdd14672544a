-- Grain: one row per native agent id that work or a plan names. Called by readNamed.
with
named as (
    select source, agent_native_id, 1 as interactions
    from raw.genesys_interaction
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.genesys_evaluation
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.genesys_gamification_event
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.genesys_points_day
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.genesys_shift
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 1 as interactions
    from raw.cxone_interaction
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.cxone_evaluation
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.cxone_gamification_event
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.cxone_points_day
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.cxone_shift
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 1 as interactions
    from raw.csv_interaction
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.csv_evaluation
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.csv_gamification_event
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.csv_points_day
    where superseded_seq is null and not is_deleted and agent_native_id is not null
    union all
    select source, agent_native_id, 0 as interactions
    from raw.csv_shift
    where superseded_seq is null and not is_deleted and agent_native_id is not null
)

select
    named.source,
    named.agent_native_id,
    sum(named.interactions) as interactions
from named
group by named.source, named.agent_native_id
order by named.source, named.agent_native_id
