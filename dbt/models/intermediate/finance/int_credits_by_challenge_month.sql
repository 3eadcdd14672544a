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

-- Counted by day first: a month's text is made once a day, not once an event.
paid_days as (
    select
        events.work_date,
        events.agent_id,
        events.challenge_id,
        count(*) as event_count,
        count(case when events.points_milli > 0 then 1 end) as point_event_count,
        count(case when events.event_kind = 'badge_awarded' then 1 end) as badge_count,
        coalesce(sum(events.points_milli), 0) as points_paid_milli
    from events
    group by events.work_date, events.agent_id, events.challenge_id
),

paid as (
    select
        {{ year_month('paid_days.work_date') }} as year_month,
        coalesce(paid_days.challenge_id, {{ unattributed_challenge_id() }}) as challenge_id,
        cast(sum(paid_days.event_count) as bigint) as event_count,
        cast(sum(paid_days.point_event_count) as bigint) as point_event_count,
        cast(sum(paid_days.badge_count) as bigint) as badge_count,
        count(distinct paid_days.agent_id) as active_agents,
        cast(sum(paid_days.points_paid_milli) as bigint) as points_paid_milli
    from paid_days
    group by
        {{ year_month('paid_days.work_date') }},
        coalesce(paid_days.challenge_id, {{ unattributed_challenge_id() }})
),

credit_days as (
    select
        credits.credited_on,
        credits.challenge_id,
        sum(credits.attribution_weight) as weight,
        sum(credits.equal_weight) as equal_weight,
        sum(credits.action_points_milli * credits.attribution_weight) as points_milli,
        sum(credits.action_points_milli * credits.equal_weight) as equal_points_milli,
        sum(credits.unattributed_weight) as unattributed_weight,
        sum(credits.equal_unattributed_weight) as equal_unattributed_weight,
        sum(credits.action_points_milli * credits.unattributed_weight) as unattributed_points_milli,
        sum(credits.action_points_milli * credits.equal_unattributed_weight) as equal_unattributed_points_milli
    from credits
    group by credits.credited_on, credits.challenge_id
),

claims as (
    select
        credit_days.credited_on,
        credit_days.challenge_id,
        credit_days.weight,
        credit_days.equal_weight,
        credit_days.points_milli,
        credit_days.equal_points_milli
    from credit_days
    where credit_days.challenge_id is not null
    union all
    select
        credit_days.credited_on,
        {{ unattributed_challenge_id() }} as challenge_id,
        credit_days.unattributed_weight as weight,
        credit_days.equal_unattributed_weight as equal_weight,
        credit_days.unattributed_points_milli as points_milli,
        credit_days.equal_unattributed_points_milli as equal_points_milli
    from credit_days
    where credit_days.unattributed_weight > 0 or credit_days.equal_unattributed_weight > 0
),

credited as (
    select
        {{ year_month('claims.credited_on') }} as year_month,
        claims.challenge_id,
        sum(claims.weight) as actions_credited,
        sum(claims.equal_weight) as actions_credited_unweighted,
        sum(claims.points_milli) as points_credited_milli,
        sum(claims.equal_points_milli) as points_credited_unweighted_milli
    from claims
    group by {{ year_month('claims.credited_on') }}, claims.challenge_id
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
