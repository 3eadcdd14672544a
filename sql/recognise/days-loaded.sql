-- Grain: one row: the last day loaded, and the last one whose handle time is final, over all sources. Called by readMarts.
select
    max(sources.last_date) as last_date,
    max(sources.final_date) as final_date
from intermediate.int_sources_loaded as sources
