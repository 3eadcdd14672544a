-- Grain: one row per challenge and day, the 28 up to $1 (a day): handle time and contacts of all its participants together.
-- Called by readChallengeFacts.
with
participants as (
    {adjust-participants}
)

select
    participants.challenge_id,
    days.work_date,
    cast(sum(days.handle_seconds) as double) as handle_seconds,
    sum(days.handle_count) as contacts
from participants
inner join marts.fct_agent_day as days
    on participants.agent_id = days.agent_id
    and days.work_date between cast($1 as date) - 27 and cast($1 as date)
where days.handle_count > 0
group by participants.challenge_id, days.work_date
order by participants.challenge_id, days.work_date
