-- Grain: one row per source that has delivered work, scores or events: how far it is loaded, and which days are final.
-- A local day D is final for handle time once the source is loaded past the end of D+1.
-- A day record has no instant: it is a local day of its source, and loaded to that day's end.
-- What is dated ahead of the newest batch loads nothing up to it; where everything is, the clock was behind, and all counts.
-- latest_date is the last day on which anybody can have worked, somewhere on earth; null where the clock was behind.
with
newest as (
    select {{ latest_instant() }} as latest_at
),

instants as (
    select
        interactions.source,
        max(interactions.event_at) as last_at,
        max(case when interactions.event_at <= newest.latest_at then interactions.event_at end) as known_until,
        min(interactions.event_at) as loaded_from
    from {{ ref('int_interactions_resolved') }} as interactions
    cross join newest
    where not interactions.is_empty
    group by interactions.source
    union all
    select
        scores.source,
        max(scores.scored_at) as last_at,
        max(case when scores.scored_at <= newest.latest_at then scores.scored_at end) as known_until,
        min(scores.scored_at) as loaded_from
    from {{ ref('int_scores_resolved') }} as scores
    cross join newest
    group by scores.source
    union all
    select
        events.source,
        max(events.occurred_at) as last_at,
        max(case when events.occurred_at <= newest.latest_at then events.occurred_at end) as known_until,
        min(events.occurred_at) as loaded_from
    from {{ as_of('gamification_event') }} as events
    cross join newest
    group by events.source
),

given_days as (
    select
        days.source,
        min(days.work_date) as first_date,
        max(days.event_at) as last_at,
        max(case when days.event_at <= newest.latest_at then days.event_at end) as known_until,
        max(days.work_date) as last_date,
        max(case when days.event_at <= newest.latest_at then days.work_date end) as known_date
    from {{ as_of('performance_day') }} as days
    cross join newest
    group by days.source
),

clock as (
    select count(moments.known_until) > 0 as is_right
    from (
        select instants.known_until from instants
        union all
        select given_days.known_until from given_days
    ) as moments
),

loaded as (
    select
        instants.source,
        max(case when clock.is_right then instants.known_until else instants.last_at end) as loaded_until,
        min(instants.loaded_from) as loaded_from
    from instants
    cross join clock
    where instants.known_until is not null or (not clock.is_right and instants.last_at is not null)
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
        given_days.source,
        {{ add_seconds('case when clock.is_right then given_days.known_until else given_days.last_at end', hours(24)) }}
            as loaded_until,
        given_days.first_date,
        case when clock.is_right then given_days.known_date else given_days.last_date end as last_date
    from given_days
    cross join clock
    where given_days.known_until is not null or not clock.is_right
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
        max(dated.final_date) as final_date,
        max(case when clock.is_right then {{ add_days('newest.latest_at', 1) }} end) as latest_date
    from dated
    cross join clock
    cross join newest
    group by dated.source, dated.zone
)

select * from final
