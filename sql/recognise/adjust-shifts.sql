-- Grain: one row per challenge: its participants, and how many of them have a shift in the $2 days behind $1 (a day); whether any
-- shift of theirs was ever loaded. Called by readChallengeFacts.
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
),

planned as (
    select
        shifts.agent_id,
        count(case when shifts.work_date > cast($1 as date) and shifts.work_date <= cast($1 as date) + cast($2 as integer) then 1 end)
            as coming
    from intermediate.int_shifts as shifts
    where not shifts.is_leave
    group by shifts.agent_id
)

select
    participants.challenge_id,
    count(*) as participants,
    count(planned.agent_id) as with_any_shift,
    count(case when planned.coming > 0 then 1 end) as with_coming_shift
from participants
left join planned on participants.agent_id = planned.agent_id
group by participants.challenge_id
order by participants.challenge_id
