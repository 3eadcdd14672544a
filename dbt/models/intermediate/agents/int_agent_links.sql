-- Grain: one row per native agent id and span [starts_at, ends_at) in which it stands for one person.
-- identity: self takes every native id for a person of its own; mapped knows only those that a link names.
with
agents_seen as (
    select * from {{ ref('int_agents_seen') }}
),

links as (
    select * from {{ as_of('identity') }}
),

identity_rule as (
    select {{ setting('identity', 'self') }} as identity_rule
),

stated as (
    select
        {{ durable_key('agent', 'links.source_system', ['links.agent_native_id']) }} as subject_id,
        links.source_system as source,
        links.agent_native_id,
        {{ durable_key('agent', "'gami'", ['links.agent_id']) }} as agent_id,
        links.effective_at as starts_at,
        coalesce(links.ends_at, {{ end_of_time() }}) as ends_at,
        lead(links.effective_at) over (
            partition by links.source_system, links.agent_native_id
            order by links.effective_at, links.source
        ) as next_starts_at
    from links
),

final as (
    select
        agents_seen.subject_id,
        agents_seen.source,
        agents_seen.agent_native_id,
        agents_seen.subject_id as agent_id,
        {{ beginning_of_time() }} as starts_at,
        {{ end_of_time() }} as ends_at
    from agents_seen
    cross join identity_rule
    where identity_rule.identity_rule != 'mapped'
    union all
    select
        stated.subject_id,
        stated.source,
        stated.agent_native_id,
        stated.agent_id,
        stated.starts_at,
        least(stated.ends_at, coalesce(stated.next_starts_at, stated.ends_at)) as ends_at
    from stated
    cross join identity_rule
    where
        identity_rule.identity_rule = 'mapped'
        and (stated.next_starts_at is null or stated.next_starts_at > stated.starts_at)
)

select * from final
