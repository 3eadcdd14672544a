-- Grain: one row per source and stream of platforms and files: the batch fct_agent_day stands for, and the furthest and the
-- least far of the models beside it. gami's own exports are left out: they would age each decision. Called by readMarts.
with
reached as (
    select
        applied.model,
        applied.source,
        applied.stream,
        max(applied.seq) as seq
    from meta.applied as applied
    where
        applied.source <> 'gami'
        and applied.model in (
            'fct_agent_day', 'int_agents_seen', 'int_agent_versions', 'int_agent_spans', 'int_shift_days',
            'int_interactions_resolved', 'int_interactions_by_agent_day', 'int_gamification_events_resolved',
            'int_gamification_by_agent_day'
        )
    group by applied.model, applied.source, applied.stream
)

select
    reached.source || '.' || reached.stream as stream,
    max(case when reached.model = 'fct_agent_day' then reached.seq end) as seq,
    min(reached.seq) as least,
    max(reached.seq) as furthest
from reached
group by reached.source, reached.stream
having max(reached.seq) > 0
order by stream
