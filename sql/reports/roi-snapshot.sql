-- Grain: one row per source and stream the marts stand for, with the last batch in them. Called by readMartsState.
select
    applied.source || '.' || applied.stream as stream,
    max(applied.seq) as seq
from meta.applied as applied
group by applied.source, applied.stream
having max(applied.seq) > 0
order by stream
