-- Grain: one row per source, kind of record and UTC day that lies ahead of its loading, with how many records are dated so.
{{ config(materialized='view') }}
with
newest as (
    select
        {{ latest_instant() }} as latest_at,
        max(sources.latest_date) as latest_date
    from {{ ref('int_sources_loaded') }} as sources
),

dated as (
    select
        interactions.source,
        'interaction' as record_kind,
        interactions.event_at as dated_at
    from {{ ref('int_interactions_resolved') }} as interactions
    where not interactions.is_empty
    union all
    select
        scores.source,
        scores.score_kind as record_kind,
        scores.scored_at as dated_at
    from {{ ref('int_scores_resolved') }} as scores
    union all
    select
        events.source,
        'gamification_event' as record_kind,
        events.occurred_at as dated_at
    from {{ ref('int_gamification_events_resolved') }} as events
    where not events.is_empty
    union all
    select
        performance.source,
        'performance_day' as record_kind,
        cast(performance.work_date as {{ dbt.type_timestamp() }}) as dated_at
    from {{ ref('fct_performance_daily') }} as performance
),

-- Without a latest date the clock was behind all data, and nothing can be said.
final as (
    select
        dated.source,
        dated.record_kind,
        cast(dated.dated_at as date) as dated_on,
        count(*) as records
    from dated
    cross join newest
    where dated.dated_at > newest.latest_at and newest.latest_date is not null
    group by dated.source, dated.record_kind, cast(dated.dated_at as date)
)

select * from final
