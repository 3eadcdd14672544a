-- Grain: one row per year_month and challenge (`unattributed` included) with a gamification event.
-- Paid points belong to the challenge that paid them; credited points count an action once, split by its weights.
with
events as (
    select * from {{ ref('int_gamification_events_resolved') }}
    where not is_empty and not is_unmapped
),

credits as (
    select * from {{ ref('int_gamification_events_credited') }}
    where not is_empty
),

paid as (
    select
        {{ year_month('events.work_date') }} as year_month,
        coalesce(events.challenge_id, {{ unattributed_challenge_id() }}) as challenge_id,
        count(*) as event_count,
        count(case when events.points_milli > 0 then 1 end) as point_event_count,
        count(case when events.event_kind = 'badge_awarded' then 1 end) as badge_count,
        count(distinct events.agent_id) as active_agents,
        coalesce(sum(events.points_milli), 0) as points_paid_milli
    from events
    group by {{ year_month('events.work_date') }}, coalesce(events.challenge_id, {{ unattributed_challenge_id() }})
),

claims as (
    select
        {{ year_month('credits.credited_on') }} as year_month,
        credits.challenge_id,
        credits.attribution_weight as weight,
        credits.equal_weight,
        coalesce(credits.action_points_milli, 0) as action_points_milli
    from credits
    where credits.challenge_id is not null
    union all
    select
        {{ year_month('credits.credited_on') }} as year_month,
        {{ unattributed_challenge_id() }} as challenge_id,
        credits.unattributed_weight as weight,
        credits.equal_unattributed_weight as equal_weight,
        coalesce(credits.action_points_milli, 0) as action_points_milli
    from credits
    where credits.unattributed_weight > 0 or credits.equal_unattributed_weight > 0
),

credited as (
    select
        claims.year_month,
        claims.challenge_id,
        sum(claims.weight) as actions_credited,
        sum(claims.equal_weight) as actions_credited_unweighted,
        sum(claims.action_points_milli * claims.weight) as points_credited_milli,
        sum(claims.action_points_milli * claims.equal_weight) as points_credited_unweighted_milli
    from claims
    group by claims.year_month, claims.challenge_id
),

final as (
    select
        coalesce(paid.year_month, credited.year_month) as year_month,
        coalesce(paid.challenge_id, credited.challenge_id) as challenge_id,
        coalesce(paid.event_count, 0) as event_count,
        coalesce(paid.point_event_count, 0) as point_event_count,
        coalesce(paid.badge_count, 0) as badge_count,
        coalesce(paid.active_agents, 0) as active_agents,
        coalesce(paid.points_paid_milli, 0) as points_paid_milli,
        coalesce(credited.actions_credited, 0.0) as actions_credited,
        coalesce(credited.actions_credited_unweighted, 0.0) as actions_credited_unweighted,
        coalesce(credited.points_credited_milli, 0.0) as points_credited_milli,
        coalesce(credited.points_credited_unweighted_milli, 0.0) as points_credited_unweighted_milli
    from paid
    full outer join credited
        on paid.year_month = credited.year_month
        and paid.challenge_id = credited.challenge_id
)

select * from final
