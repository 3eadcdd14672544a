-- Grain: one row per evaluation and per answered survey (score_kind quality, csat): whose it is, and which work_date's.
-- A score belongs to the day of the interaction it judges, else to the day it was given on.
-- Scores are shares of their scale times 100; one without a scale is taken as it stands.
with
evaluations as (
    select * from {{ as_of('evaluation') }}
),

surveys as (
    select * from {{ as_of('survey') }}
),

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

scores as (
    select
        evaluations.business_key as score_key,
        'quality' as score_kind,
        evaluations.source,
        evaluations.interaction_id,
        evaluations.subject_id,
        evaluations.evaluated_at as scored_at,
        {{ share_of_scale('evaluations.score_milli', '0', 'evaluations.max_score_milli') }} as score
    from evaluations
    union all
    select
        surveys.business_key as score_key,
        'csat' as score_kind,
        surveys.source,
        surveys.interaction_id,
        surveys.subject_id,
        surveys.answered_at as scored_at,
        {{ share_of_scale('surveys.score_milli', 'surveys.scale_min_milli', 'surveys.scale_max_milli') }} as score
    from surveys
),

judged as (
    select
        scores.score_key,
        interactions.agent_id,
        interactions.agent_key,
        interactions.work_date,
        row_number() over (
            partition by scores.score_key
            order by
                case when interactions.is_primary_agent then 0 else 1 end,
                interactions.event_at desc,
                interactions.interaction_key
        ) as preference
    from scores
    inner join {{ ref('int_interactions_resolved') }} as interactions
        on scores.source = interactions.source
        and scores.interaction_id = interactions.interaction_id
        and (scores.subject_id is null or scores.subject_id = interactions.subject_id)
    where interactions.agent_id is not null and not interactions.is_empty
),

final as (
    select
        scores.score_key,
        scores.score_kind,
        scores.source,
        scores.interaction_id,
        scores.subject_id,
        coalesce(judged.agent_id, agent_spans.agent_id) as agent_id,
        coalesce(judged.agent_key, agent_spans.agent_key) as agent_key,
        judged.score_key is not null as has_interaction,
        coalesce(
            judged.work_date,
            cast(
                {{ local_time('scores.scored_at', 'agent_spans.offset_seconds - agent_spans.day_start_seconds') }}
                as date
            )
        ) as work_date,
        scores.score,
        scores.scored_at
    from scores
    left join judged
        on scores.score_key = judged.score_key
        and judged.preference = 1
    left join agent_spans
        on scores.subject_id = agent_spans.subject_id
        and scores.scored_at >= agent_spans.starts_at
        and scores.scored_at < agent_spans.ends_at
)

select * from final
