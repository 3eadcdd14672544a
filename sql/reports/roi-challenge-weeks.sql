-- Grain: one row per challenge and week since its first event, up to $1, 26 weeks at most. Called by readChallenges.
-- Engagement of the agents who ever took part, on their days of that week: mean over agents of their mean over days.
with
participants as (
    select
        events.challenge_id,
        events.agent_id,
        min(events.work_date) as first_day
    from marts.fct_gamification_event as events
    where events.challenge_id is not null
    group by events.challenge_id, events.agent_id
),

-- The start travels with each participant: a join on the dates alone would meet every day with every challenge.
starts as (
    select
        participants.challenge_id,
        participants.agent_id,
        min(participants.first_day) over (partition by participants.challenge_id) as first_day
    from participants
),

agent_weeks as (
    select
        starts.challenge_id,
        starts.agent_id,
        cast(floor(date_diff('day', starts.first_day, agent_days.work_date) / 7) as integer) as week,
        avg(agent_days.engagement) as engagement
    from starts
    inner join marts.fct_agent_day as agent_days
        on starts.agent_id = agent_days.agent_id
        and agent_days.work_date between starts.first_day and least(starts.first_day + 181, cast($1 as date))
    where agent_days.engagement is not null
    group by starts.challenge_id, starts.agent_id, week
)

select
    agent_weeks.challenge_id,
    agent_weeks.week,
    cast(round(avg(agent_weeks.engagement) * 1000000) as bigint) as mean_ppm,
    count(*) as agents
from agent_weeks
group by agent_weeks.challenge_id, agent_weeks.week
order by agent_weeks.challenge_id, agent_weeks.week
