-- Grain: one row per challenge and agent with an event in it from $1 to $2: the weeks of the first and of the last one.
-- Called by readParticipations.
select
    cast(events.challenge_id as varchar) as challenge_id,
    cast(events.agent_id as varchar) as agent_id,
    cast(floor(days_between(date '1970-01-05', min(events.work_date)) / 7) as integer) as first_week,
    cast(floor(days_between(date '1970-01-05', max(events.work_date)) / 7) as integer) as last_week
from marts.fct_gamification_event as events
where
    events.challenge_id is not null
    and events.agent_id is not null
    and events.work_date between cast($1 as date) and cast($2 as date)
group by events.challenge_id, events.agent_id
order by challenge_id, agent_id
