-- Grain: one row per agent (null: everybody) with the first and the last day of the scores that batches of one stream ($1, of
-- evaluations or surveys) after a number ($2) brought, changed or took away. Called by readChanges.
-- A score counts on the day of the interaction it judges. Of one that is gone, or judges another interaction now, nothing says that day
-- any more: any of the 92 before it was given.
with
versions as (
    select
        evaluations.source || '.evaluation' as stream,
        evaluations.business_key,
        evaluations.subject_id,
        evaluations.interaction_id,
        evaluations.event_at,
        evaluations.seq,
        evaluations.superseded_seq
    from staging.stg_evaluation as evaluations
    union all
    select
        surveys.source || '.survey' as stream,
        surveys.business_key,
        surveys.subject_id,
        surveys.interaction_id,
        surveys.event_at,
        surveys.seq,
        surveys.superseded_seq
    from staging.stg_survey as surveys
),

touched as (
    select
        versions.business_key,
        max(versions.subject_id) as subject_id,
        min(versions.event_at) as first_at,
        max(versions.event_at) as last_at,
        min(versions.interaction_id) as first_interaction,
        max(versions.interaction_id) as last_interaction
    from versions
    where versions.stream = $1 and (versions.seq > $2 or versions.superseded_seq > $2)
    group by versions.business_key
),

days as (
    select
        scores.agent_id,
        scores.work_date as from_date,
        scores.work_date as to_date
    from touched
    inner join intermediate.int_scores_resolved as scores on touched.business_key = scores.score_key
    where scores.agent_id is not null
    union all
    select
        links.agent_id,
        cast(add_seconds(touched.first_at, -7948800) as date) as from_date,
        cast(touched.last_at as date) as to_date
    from touched
    left join intermediate.int_scores_resolved as scores on touched.business_key = scores.score_key
    left join intermediate.int_agent_links as links on touched.subject_id = links.subject_id
    where
        (scores.score_key is null or touched.first_interaction <> touched.last_interaction)
        and (touched.subject_id is null or links.agent_id is not null)
)

select
    days.agent_id,
    min(days.from_date) as from_date,
    max(days.to_date) as to_date
from days
group by days.agent_id
