-- Grain: one row per source that has delivered work, scores or events: how far it is loaded, and which days are final.
-- A local day D is final for handle time once the source is loaded past the end of D+1.
-- A day record has no instant: it is a local day of its source, and loaded to that day's end.
with
instants as (
    select
        interactions.source,
        max(interactions.event_at) as loaded_until,
        min(interactions.event_at) as loaded_from
    from {{ ref('int_interactions_resolved') }} as interactions
    where not interactions.is_empty
    group by interactions.source
    union all
    select
        scores.source,
        max(scores.scored_at) as loaded_until,
        min(scores.scored_at) as loaded_from
    from {{ ref('int_scores_resolved') }} as scores
    group by scores.source
    union all
    select
        events.source,
        max(events.occurred_at) as loaded_until,
        min(events.occurred_at) as loaded_from
    from {{ as_of('gamification_event') }} as events
    group by events.source
),

loaded as (
    select
        instants.source,
        max(instants.loaded_until) as loaded_until,
        min(instants.loaded_from) as loaded_from
    from instants
    where instants.loaded_until is not null
    group by instants.source
),

localised as (
    select
        loaded.source,
        loaded.loaded_until,
        spans_until.zone,
        cast({{ local_time('loaded.loaded_until', 'spans_until.offset_seconds') }} as date) as last_date,
        cast({{ local_time('loaded.loaded_from', 'spans_from.offset_seconds') }} as date) as first_date
    from loaded
    inner join {{ ref('int_source_spans') }} as spans_until
        on loaded.source = spans_until.source
        and loaded.loaded_until >= spans_until.starts_at
        and loaded.loaded_until < spans_until.ends_at
    inner join {{ ref('int_source_spans') }} as spans_from
        on loaded.source = spans_from.source
        and loaded.loaded_from >= spans_from.starts_at
        and loaded.loaded_from < spans_from.ends_at
),

day_records as (
    select
        days.source,
        {{ add_seconds('max(days.event_at)', hours(24)) }} as loaded_until,
        min(days.work_date) as first_date,
        max(days.work_date) as last_date
    from {{ as_of('performance_day') }} as days
    group by days.source
),

dated as (
    select
        localised.source,
        localised.zone,
        localised.loaded_until,
        localised.first_date,
        localised.last_date,
        {{ add_days('localised.last_date', -2) }} as final_date
    from localised
    union all
    select
        day_records.source,
        spans.zone,
        day_records.loaded_until,
        day_records.first_date,
        day_records.last_date,
        {{ add_days('day_records.last_date', -1) }} as final_date
    from day_records
    inner join {{ ref('int_source_spans') }} as spans
        on day_records.source = spans.source
        and day_records.loaded_until >= spans.starts_at
        and day_records.loaded_until < spans.ends_at
),

final as (
    select
        dated.source,
        dated.zone,
        max(dated.loaded_until) as loaded_until,
        min(dated.first_date) as first_date,
        max(dated.last_date) as last_date,
        max(dated.final_date) as final_date
    from dated
    group by dated.source, dated.zone
)

select * from final
