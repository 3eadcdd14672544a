-- Grain: one row per status change and day from 14 before to 28 after it. Called by readStatusChanges.
-- The latest 12 changes between $1 and $2 to a status other than draft; $3 names one challenge as in roi-challenges.
-- Measured engagement of the agents with an event of the challenge in the 28 days before the change, not smoothed.
with
changes as (
    select
        states.challenge_id,
        states.status,
        cast(states.changed_on as date) as changed_on,
        challenges.challenge_name
    from intermediate.int_challenge_states as states
    inner join (
        select
            dimension.challenge_id,
            max(dimension.challenge_name) as challenge_name,
            max(dimension.challenge_native_id) as challenge_native_id
        from marts.dim_challenge as dimension
        group by dimension.challenge_id
    ) as challenges on states.challenge_id = challenges.challenge_id
    where
        states.status in ('paused', 'expired', 'retired')
        and cast(states.changed_on as date) between cast($1 as date) and cast($2 as date)
        and ($3 = '' or cast(states.challenge_id as varchar) = $3 or challenges.challenge_native_id = $3)
    order by states.changed_on desc, states.challenge_id
    limit 12
),

participants as (
    select distinct
        changes.challenge_id,
        changes.changed_on,
        events.agent_id
    from changes
    inner join marts.fct_gamification_event as events
        on changes.challenge_id = events.challenge_id
        and events.work_date between changes.changed_on - 28 and changes.changed_on
)

select
    changes.challenge_id,
    changes.challenge_name,
    changes.status,
    changes.changed_on,
    date_diff('day', changes.changed_on, agent_days.work_date) as day_offset,
    cast(round(avg(agent_days.engagement) * 1000000) as bigint) as mean_ppm,
    count(*) as agents
from changes
inner join participants
    on changes.challenge_id = participants.challenge_id
    and changes.changed_on = participants.changed_on
inner join marts.fct_agent_day as agent_days
    on participants.agent_id = agent_days.agent_id
    and agent_days.work_date between changes.changed_on - 14 and changes.changed_on + 28
where agent_days.engagement is not null
group by changes.challenge_id, changes.challenge_name, changes.status, changes.changed_on, day_offset
order by changes.changed_on desc, changes.challenge_id, day_offset
