-- Grain: one row per challenge and whole ISO week from $2 to $1 (days): engagement of its participants as the mean over agents of
-- their own mean, where they have 3 days of it. Called by readChallengeFacts.
with
participants as (
    {adjust-participants}
),

agent_weeks as (
    select
        participants.challenge_id,
        participants.agent_id,
        days.iso_week,
        min(days.work_date) as first_day,
        case when count(days.engagement) >= 3 then avg(days.engagement) end as engagement
    from participants
    inner join marts.fct_agent_day as days
        on participants.agent_id = days.agent_id
        and days.work_date between cast($2 as date) and cast($1 as date)
    group by participants.challenge_id, participants.agent_id, days.iso_week
    having count(*) = 7
)

select
    agent_weeks.challenge_id,
    agent_weeks.iso_week,
    min(agent_weeks.first_day) as first_day,
    cast(round(avg(agent_weeks.engagement) * 1000000) as bigint) as engagement_ppm,
    count(agent_weeks.engagement) as agents,
    count(*) as participants
from agent_weeks
group by agent_weeks.challenge_id, agent_weeks.iso_week
order by agent_weeks.challenge_id, agent_weeks.iso_week
