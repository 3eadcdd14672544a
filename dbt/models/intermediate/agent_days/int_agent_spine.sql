-- Grain: one row per agent and calendar day from the first day loaded (or hired_on, if later) to left_on or the last day
-- loaded: the silent days too, and those between two stints, on which nobody is employed. Work outside of that span widens
-- it: nothing an agent did falls off the spine. A day of work dated ahead of its loading stands alone, nobody employed on
-- it: no silent days lead up to it.
{{ config(materialized='view') }}
with
interaction_days as (
    select * from {{ ref('int_interactions_by_agent_day') }}
    where not is_empty
),

activity as (
    select
        interaction_days.agent_id,
        interaction_days.work_date
    from interaction_days
    union distinct
    select
        scores.agent_id,
        scores.work_date
    from {{ ref('int_scores_resolved') }} as scores
    where scores.agent_id is not null and scores.work_date is not null
    union distinct
    select
        adherence.agent_id,
        adherence.work_date
    from {{ ref('int_adherence_by_agent_day') }} as adherence
    union distinct
    select
        performance.agent_id,
        performance.work_date
    from {{ ref('fct_performance_daily') }} as performance
    union distinct
    select
        engagement.agent_id,
        engagement.work_date
    from {{ ref('int_engagement_by_agent_day') }} as engagement
),

loaded as (
    select
        min(sources.first_date) as first_date,
        max(sources.last_date) as last_date,
        coalesce(max(sources.latest_date), cast({{ end_of_time() }} as date)) as latest_date
    from {{ ref('int_sources_loaded') }} as sources
),

active as (
    select
        activity.agent_id,
        min(activity.work_date) as first_date,
        max(case when activity.work_date <= loaded.latest_date then activity.work_date end) as last_date
    from activity
    cross join loaded
    group by activity.agent_id
),

employment as (
    select * from {{ ref('int_employment') }}
),

-- Where an agent works east of the sources, the day of the last work comes after the last day loaded.
stints as (
    select
        employment.agent_id,
        coalesce(employment.hired_on, active.first_date) as employed_from,
        coalesce(
            employment.left_on,
            greatest(loaded.last_date, coalesce(active.last_date, loaded.last_date))
        ) as employed_to,
        case
            when employment.hired_on > loaded.first_date then employment.hired_on
            when employment.hired_on is not null then loaded.first_date
            else active.first_date
        end as planned_from,
        case
            when employment.left_on < loaded.last_date then employment.left_on
            else loaded.last_date
        end as planned_to,
        employment.left_on < loaded.first_date as is_over_before,
        active.first_date,
        active.last_date
    from employment
    cross join loaded
    left join active on employment.agent_id = active.agent_id
),

bounded as (
    select
        stints.agent_id,
        coalesce(
            min(case when not coalesce(stints.is_over_before, false) then stints.planned_from end),
            min(stints.planned_from)
        ) as planned_from,
        max(stints.planned_to) as planned_to,
        min(stints.first_date) as first_date,
        max(stints.last_date) as last_date
    from stints
    group by stints.agent_id
),

widened as (
    select
        bounded.*,
        least(bounded.planned_from, coalesce(bounded.first_date, bounded.planned_from)) as spine_from,
        greatest(bounded.planned_to, coalesce(bounded.last_date, bounded.planned_to)) as spine_to
    from bounded
    where bounded.planned_from is not null and bounded.planned_to is not null
),

final as (
    select
        widened.agent_id,
        dates.date_day as work_date,
        stints.agent_id is not null as is_employed
    from widened
    inner join {{ ref('int_dates') }} as dates
        on dates.date_day between widened.spine_from and widened.spine_to
    left join stints
        on widened.agent_id = stints.agent_id
        and dates.date_day between stints.employed_from and stints.employed_to
    union all
    select
        activity.agent_id,
        activity.work_date,
        false as is_employed
    from activity
    inner join widened on activity.agent_id = widened.agent_id
    cross join loaded
    where activity.work_date > loaded.latest_date
)

select * from final
