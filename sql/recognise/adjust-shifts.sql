-- Grain: one row per challenge: its participants, and how many of them have a shift in the $2 days from
-- $3 (a day) on; and how many of them have any shift. Called by readChallengeFacts.
with
participants as (
    {adjust-participants}
),

planned as (
    select
        shifts.agent_id,
        count(case when shifts.work_date >= cast($3 as date) and days_between(cast($3 as date), shifts.work_date) < cast($2 as integer) then 1 end)
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
