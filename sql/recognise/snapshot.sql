-- Grain: one row per source and stream: the batch the marts as a whole stand for, and the furthest one that any dbt run set out
-- with. They part where a run built some models only, failed, was killed, or has not ended. gami's own exports are left out:
-- they would age each decision. Called by readMarts.
with
whole as (
    select
        applied.source,
        applied.stream,
        max(applied.seq) as seq
    from meta.applied as applied
    where applied.model = 'marts'
    group by applied.source, applied.stream
),

begun as (
    select
        bounds.source,
        bounds.stream,
        max(bounds.seq) as seq
    from meta.bound as bounds
    where not (bounds.source = 'gami' and bounds.stream in ('milestone', 'ledger_entry', 'decision'))
    group by bounds.source, bounds.stream
)

select
    begun.source || '.' || begun.stream as stream,
    coalesce(whole.seq, 0) as seq,
    begun.seq as furthest
from begun
left join whole
    on begun.source = whole.source
    and begun.stream = whole.stream
where begun.seq > 0
order by stream
