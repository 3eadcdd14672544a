-- Grain: one row per source: the last day loaded, and the last one whose handle time is final. Called by readMarts.
select
    sources.source,
    max(sources.last_date) as last_date,
    max(sources.final_date) as final_date
from intermediate.int_sources_loaded as sources
group by sources.source
order by sources.source
