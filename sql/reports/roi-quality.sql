-- Grain: one row: counts behind the data quality figures; events, costs and interactions left out of the months $1 to $2
-- (0000-00 to 9999-99: all), interactions of the days $3 to $4. Called by readQuality.
with
events as (
    select
        coalesce(sum(months.events_sent), 0) as events_sent,
        coalesce(sum(months.events_repeated), 0) as events_repeated,
        coalesce(sum(months.event_count), 0) as event_count,
        coalesce(sum(months.scored_events), 0) as scored_events,
        coalesce(sum(months.weak_key_events), 0) as weak_key_events,
        coalesce(sum(months.point_events), 0) as point_events,
        coalesce(sum(months.overlapping_events), 0) as overlapping_events,
        coalesce(sum(months.scored_agent_days), 0) as scored_agent_days,
        coalesce(sum(months.overflow_agent_days), 0) as overflow_agent_days
    from marts.fct_data_quality_month as months
    where months.year_month between $1 and $2
),

handled as (
    select
        count(*) as interactions,
        count(case when interactions.outcome = 'answered' then 1 end) as answered,
        count(case when interactions.outcome = 'answered' and interactions.agent_id is null then 1 end)
            as answered_by_nobody
    from marts.fct_interaction as interactions
    where interactions.work_date between cast($3 as date) and cast($4 as date)
),

-- The rows of int_interactions_left_out, each in its month; one without any instant is in no month, only in the whole.
left_out as (
    select count(*) as interactions_left_out
    from intermediate.int_interactions_resolved as interactions
    where
        not interactions.is_empty
        and (interactions.is_unmapped or interactions.work_date is null)
        and coalesce(
            substr(cast(coalesce(interactions.work_date, cast(interactions.event_at as date)) as varchar), 1, 7), '0000-00'
        ) between $1 and $2
),

foreign_costs as (
    select count(*) as costs_left_out
    from intermediate.int_costs as costs
    where not costs.is_counted and coalesce(costs.year_month, '0000-00') between $1 and $2
),

-- Settings and zone rules are loaded like a stream, but nobody sent them.
batches as (
    select
        coalesce(sum(batches.rows_received), 0) as received,
        coalesce(sum(batches.rows_quarantined), 0) as quarantined
    from meta.batch as batches
    where batches.source != 'gami'
),

-- A record that was refused, mended and loaded again was received twice and is refused no more.
retried as (
    select count(*) as retried
    from (select distinct retries.batch_id, retries.line_or_path from meta.quarantine_retry as retries) as retries
)

select
    events.*,
    handled.*,
    left_out.*,
    foreign_costs.*,
    batches.received - retried.retried as received,
    batches.quarantined - retried.retried as quarantined
from events
cross join handled
cross join left_out
cross join foreign_costs
cross join batches
cross join retried
