-- Grain: one row per challenge, participant and day with a quality score, the 28 days up to 3 before $1 (a day): later ones may
-- still change. Called by readChallengeFacts.
with
participants as (
    {adjust-participants}
)

select
    participants.challenge_id,
    participants.agent_id,
    days.work_date,
    cast(days.quality_sum as double) / days.quality_count as score
from participants
inner join marts.fct_agent_day as days
    on participants.agent_id = days.agent_id
    and days.work_date between cast($1 as date) - 30 and cast($1 as date) - 3
where days.quality_count > 0
order by participants.challenge_id, participants.agent_id, days.work_date
