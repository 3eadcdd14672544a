-- Grain: one row per challenge with an event, an effect or a cost in the months from $1 to $2. Called by readChallenges.
-- $3 names one challenge by its id or its native id; an empty text means all. The unattributed rest is no challenge.
with
months as (
    select
        months.challenge_id,
        max(months.challenge_name) as challenge_name,
        sum(months.actions_credited) as actions,
        sum(months.points_paid) as points_paid,
        sum(months.points_credited) as points_weighted,
        sum(months.points_credited_unweighted) as points_unweighted,
        cast(round(sum(months.benefit_unweighted_minor)) as bigint) as gain_minor,
        cast(round(sum(months.benefit_minor)) as bigint) as gain_weighted_minor,
        cast(round(sum(months.cost_minor)) as bigint) as cost_minor,
        max(months.handle_reason) as reason
    from marts.fct_challenge_month as months
    where not months.is_unattributed and months.year_month between $1 and $2
    group by months.challenge_id
),

participations as (
    select distinct
        events.challenge_id,
        events.agent_id,
        events.work_date
    from marts.fct_gamification_event as events
    where events.challenge_id is not null
),

-- Whoever took part in two months is one participant.
participants as (
    select
        participations.challenge_id,
        count(distinct participations.agent_id) as participants
    from participations
    where substr(cast(participations.work_date as varchar), 1, 7) between $1 and $2
    group by participations.challenge_id
),

states as (
    select
        states.challenge_id,
        states.status
    from intermediate.int_challenge_states as states
    where states.valid_from < cast($4 as timestamp) and states.valid_to >= cast($4 as timestamp)
),

plans as (
    select
        challenges.challenge_id,
        max(challenges.challenge_native_id) as challenge_native_id,
        cast(max(challenges.starts_at) as date) as starts_on,
        cast(max(challenges.ends_at) as date) as ends_on
    from marts.dim_challenge as challenges
    group by challenges.challenge_id
)

select
    months.*,
    coalesce(participants.participants, 0) as participants,
    states.status,
    plans.starts_on,
    plans.ends_on
from months
left join participants on months.challenge_id = participants.challenge_id
left join plans on months.challenge_id = plans.challenge_id
left join states on months.challenge_id = states.challenge_id
where $3 = '' or cast(months.challenge_id as varchar) = $3 or plans.challenge_native_id = $3
order by months.points_paid desc nulls last, months.challenge_name nulls last, months.challenge_id
limit 200
