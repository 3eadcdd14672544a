with
events as (
    select * from {{ ref('int_gamification_events_resolved') }}
),

-- Every event of an action knows the whole action: the first one stands for it.
credits as (
    select * from {{ ref('int_gamification_events_credited') }}
    where not is_empty and event_no = 1
),

final as (
    select
        credits.action_key,
        credits.agent_id,
        events.interaction_id,
        events.action_type,
        events.metric,
        events.is_weak_key,
        credits.action_events as event_count,
        credits.action_point_events as point_event_count,
        credits.action_challenges as challenge_count,
        credits.action_point_events > 1 as is_overlap,
        {{ from_milli('credits.action_paid_milli') }} as points_paid,
        {{ from_milli('credits.action_points_milli') }} as points_credited,
        {{ as_float('credits.action_engagement_ppm') }} / 1000000.0 as engagement,
        cast(case when credits.unattributed_weight > 0 then 1 else 0 end as {{ dbt.type_float() }})
            as unattributed_share,
        credits.occurred_at as first_event_at,
        credits.credited_on as work_date
    from credits
    inner join events on credits.event_key = events.event_key
)

select * from final
