-- Without offsets a local day would silently be a UTC day. gami writes them before it calls dbt.
select distinct
    zones.zone
from (
    select agent_spans.zone from {{ ref('int_agent_spans') }} as agent_spans
    union all
    select source_spans.zone from {{ ref('int_source_spans') }} as source_spans
) as zones
left join {{ source('meta', 'zone_offset') }} as offsets on zones.zone = offsets.zone
where offsets.zone is null and zones.zone not in ('UTC', 'Etc/UTC', 'GMT')
