-- Grain: one row per challenge and participant as of $1 (a day): agents with an event of it in the 8 weeks up to $1 who were employed
-- on each of the last 28 days. Part of adjust-weeks, -scores, -days and -shifts.
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
