-- Grain: one row per challenge, participant and day with a quality score, the 28 days up to 3 before $1 (a day): later ones may
-- still change. Called by readChallengeFacts.
-- Its participants: agents with an event of it in the 8 weeks up to $1 who were employed on each of the last 28 days.
with
participants as (
    select
        takers.challenge_id,
        takers.agent_id
    from (
        select distinct
            events.challenge_id,
            events.agent_id
        from marts.fct_gamification_event as events
        where events.challenge_id is not null and events.work_date between cast($1 as date) - 55 and cast($1 as date)
    ) as takers
    inner join marts.fct_agent_day as days
        on takers.agent_id = days.agent_id
        and days.work_date between cast($1 as date) - 27 and cast($1 as date)
        and days.is_employed
    group by takers.challenge_id, takers.agent_id
    having count(*) = 28
)

select
    participants.challenge_id,
    participants.agent_id,
    days.work_date,
    cast(days.quality_sum / days.quality_count as double) as score
from participants
inner join marts.fct_agent_day as days
    on participants.agent_id = days.agent_id
    and days.work_date between cast($1 as date) - 30 and cast($1 as date) - 3
where days.quality_count > 0
order by participants.challenge_id, participants.agent_id, days.work_date
