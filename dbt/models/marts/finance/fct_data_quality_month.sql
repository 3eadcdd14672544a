with
batches as (
    select * from {{ source('meta', 'batch') }}
    where stream = 'gamification_event'
),

raw_events as (
    select * from {{ as_of('gamification_event') }}
),

events as (
    select * from {{ ref('int_gamification_events_resolved') }}
    where not is_empty and not is_unmapped
),

event_days as (
    select * from {{ ref('int_engagement_by_agent_day') }}
),

agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

-- A retry or an overlapping export sends an event again: within a batch a duplicate, in a later one an unchanged row.
sent as (
    select
        {{ year_month('batches.recorded_at') }} as year_month,
        sum(batches.rows_new + batches.rows_changed + batches.rows_unchanged + batches.rows_duplicate)
            as events_sent,
        sum(batches.rows_unchanged + batches.rows_duplicate) as events_repeated,
        sum(batches.rows_quarantined) as events_quarantined
    from batches
    group by {{ year_month('batches.recorded_at') }}
),

-- Counted by day first: a month's text is made once a day, not once an event.
known_days as (
    select
        cast(raw_events.occurred_at as date) as utc_date,
        count(*) as events_loaded
    from raw_events
    where raw_events.occurred_at is not null
    group by cast(raw_events.occurred_at as date)
),

known as (
    select
        {{ year_month('known_days.utc_date') }} as year_month,
        sum(known_days.events_loaded) as events_loaded
    from known_days
    group by {{ year_month('known_days.utc_date') }}
),

-- Months by the UTC instant here, to compare with what was loaded: an event without a known agent has no local day.
mapped_days as (
    select
        cast(events.occurred_at as date) as utc_date,
        count(*) as events_mapped
    from events
    group by cast(events.occurred_at as date)
),

mapped as (
    select
        {{ year_month('mapped_days.utc_date') }} as year_month,
        sum(mapped_days.events_mapped) as events_mapped
    from mapped_days
    group by {{ year_month('mapped_days.utc_date') }}
),

work_days as (
    select
        events.work_date,
        count(*) as event_count,
        count(events.engagement_ppm) as scored_events,
        count(case when events.is_weak_key then 1 end) as weak_key_events,
        count(events.points_milli) as point_events
    from events
    where events.work_date is not null
    group by events.work_date
),

event_months as (
    select
        {{ year_month('work_days.work_date') }} as year_month,
        sum(work_days.event_count) as event_count,
        sum(work_days.scored_events) as scored_events,
        sum(work_days.weak_key_events) as weak_key_events,
        sum(work_days.point_events) as point_events
    from work_days
    group by {{ year_month('work_days.work_date') }}
),

-- In the order they were paid; an action may be paid again in a month after its first payment.
payments as (
    select
        credits.work_date,
        row_number() over (
            partition by credits.action_key
            order by credits.occurred_at, credits.event_key
        ) as payment_no
    from {{ ref('int_gamification_events_credited') }} as credits
    where not credits.is_empty and credits.points_milli is not null and credits.action_point_events > 1
),

-- The second and every further payment of one action, each on its own day: a part of the month's payments.
overlap_days as (
    select
        payments.work_date,
        count(*) as overlapping_events
    from payments
    where payments.payment_no > 1
    group by payments.work_date
),

overlap_months as (
    select
        {{ year_month('overlap_days.work_date') }} as year_month,
        sum(overlap_days.overlapping_events) as overlapping_events
    from overlap_days
    group by {{ year_month('overlap_days.work_date') }}
),

matches as (
    select
        {{ year_month('event_days.work_date') }} as year_month,
        count(*) as event_agent_days,
        count(case when agent_days.interactions > 0 then 1 end) as matched_agent_days,
        count(case when event_days.engagement_count > 0 then 1 end) as scored_agent_days,
        count(case when event_days.engagement_sum_ppm > 1000000 * event_days.engagement_count then 1 end)
            as overflow_agent_days,
        count(distinct event_days.work_date) as loaded_days
    from event_days
    left join agent_days
        on event_days.agent_id = agent_days.agent_id
        and event_days.work_date = agent_days.work_date
    group by {{ year_month('event_days.work_date') }}
),

worked as (
    select
        agent_days.year_month,
        count(distinct agent_days.work_date) as expected_days
    from agent_days
    where agent_days.interactions > 0 or agent_days.event_count > 0
    group by agent_days.year_month
),

-- By the month the records say: of any kind of work, not of events alone.
ahead as (
    select
        {{ year_month('records.dated_on') }} as year_month,
        sum(records.records) as records_ahead
    from {{ ref('int_records_ahead') }} as records
    group by {{ year_month('records.dated_on') }}
),

keys as (
    select sent.year_month from sent
    union distinct
    select known.year_month from known
    union distinct
    select event_months.year_month from event_months
    union distinct
    select worked.year_month from worked
    union distinct
    select ahead.year_month from ahead
),

counted as (
    select
        keys.year_month,
        cast(coalesce(sent.events_sent, 0) as bigint) as events_sent,
        cast(coalesce(sent.events_repeated, 0) as bigint) as events_repeated,
        cast(coalesce(sent.events_quarantined, 0) as bigint) as events_quarantined,
        cast(coalesce(known.events_loaded, 0) as bigint) as events_loaded,
        cast(coalesce(mapped.events_mapped, 0) as bigint) as events_mapped,
        cast(coalesce(event_months.point_events, 0) as bigint) as point_events,
        cast(coalesce(overlap_months.overlapping_events, 0) as bigint) as overlapping_events,
        cast(coalesce(event_months.event_count, 0) as bigint) as event_count,
        cast(coalesce(event_months.scored_events, 0) as bigint) as scored_events,
        cast(coalesce(event_months.weak_key_events, 0) as bigint) as weak_key_events,
        coalesce(matches.event_agent_days, 0) as event_agent_days,
        coalesce(matches.matched_agent_days, 0) as matched_agent_days,
        coalesce(matches.scored_agent_days, 0) as scored_agent_days,
        coalesce(matches.overflow_agent_days, 0) as overflow_agent_days,
        coalesce(worked.expected_days, 0) as expected_days,
        coalesce(matches.loaded_days, 0) as loaded_days,
        cast(coalesce(ahead.records_ahead, 0) as bigint) as records_ahead
    from keys
    left join sent on keys.year_month = sent.year_month
    left join known on keys.year_month = known.year_month
    left join mapped on keys.year_month = mapped.year_month
    left join event_months on keys.year_month = event_months.year_month
    left join overlap_months on keys.year_month = overlap_months.year_month
    left join matches on keys.year_month = matches.year_month
    left join worked on keys.year_month = worked.year_month
    left join ahead on keys.year_month = ahead.year_month
),

final as (
    select
        counted.year_month,
        counted.events_sent,
        counted.events_repeated,
        counted.events_quarantined,
        counted.events_loaded,
        counted.events_mapped,
        counted.point_events,
        counted.overlapping_events,
        counted.event_count,
        counted.scored_events,
        counted.weak_key_events,
        counted.event_agent_days,
        counted.matched_agent_days,
        counted.scored_agent_days,
        counted.overflow_agent_days,
        counted.expected_days,
        counted.loaded_days,
        counted.records_ahead,
        {{ share('counted.events_repeated', 'counted.events_sent') }} as duplicate_event_rate,
        {{ wilson_low('counted.events_repeated', 'counted.events_sent') }} as duplicate_event_rate_low,
        {{ wilson_high('counted.events_repeated', 'counted.events_sent') }} as duplicate_event_rate_high,
        {{ share('counted.overlapping_events', 'counted.point_events') }} as overlap_rate,
        {{ wilson_low('counted.overlapping_events', 'counted.point_events') }} as overlap_rate_low,
        {{ wilson_high('counted.overlapping_events', 'counted.point_events') }} as overlap_rate_high,
        {{ share('counted.scored_events', 'counted.event_count') }} as score_coverage,
        {{ share('counted.weak_key_events', 'counted.event_count') }} as weak_key_rate,
        {{ share('counted.overflow_agent_days', 'counted.scored_agent_days') }} as overflow_rate,
        {{ share('counted.matched_agent_days', 'counted.event_agent_days') }} as performance_match_rate,
        {{ share('counted.events_mapped', 'counted.events_loaded') }} as agent_match_rate,
        {{ share('counted.loaded_days', 'counted.expected_days') }} as day_coverage
    from counted
)

select * from final
