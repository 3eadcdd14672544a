-- Grain: one row per challenge and week since its first event, up to $1, 26 weeks at most. Called by readChallenges.
-- Agents who ever took part, on their days of that week: engagement as the mean over agents of their mean over days, and
-- what the challenge paid them per worked day.
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
        cast(floor(days_between(starts.first_day, agent_days.work_date) / 7) as integer) as week,
        avg(agent_days.engagement) as engagement,
        count(case when agent_days.interactions > 0 then 1 end) as worked_days
    from starts
    inner join marts.fct_agent_day as agent_days
        on starts.agent_id = agent_days.agent_id
        and agent_days.work_date between starts.first_day and least(starts.first_day + 181, cast($1 as date))
    where agent_days.engagement is not null or agent_days.interactions > 0
    group by starts.challenge_id, starts.agent_id, week
),

first_days as (
    select
        starts.challenge_id,
        min(starts.first_day) as first_day
    from starts
    group by starts.challenge_id
),

paid as (
    select
        events.challenge_id,
        cast(floor(days_between(first_days.first_day, events.work_date) / 7) as integer) as week,
        sum(events.points) as points
    from first_days
    inner join marts.fct_gamification_event as events
        on first_days.challenge_id = events.challenge_id
        and events.work_date between first_days.first_day and least(first_days.first_day + 181, cast($1 as date))
    group by events.challenge_id, week
)

select
    agent_weeks.challenge_id,
    agent_weeks.week,
    min(first_days.first_day) as first_day,
    cast(round(avg(agent_weeks.engagement) * 1000000) as bigint) as mean_ppm,
    count(agent_weeks.engagement) as agents,
    sum(agent_weeks.worked_days) as worked_days,
    coalesce(cast(round(max(paid.points) * 1000) as bigint), 0) as points_milli
from agent_weeks
inner join first_days on agent_weeks.challenge_id = first_days.challenge_id
left join paid on agent_weeks.challenge_id = paid.challenge_id and agent_weeks.week = paid.week
group by agent_weeks.challenge_id, agent_weeks.week
order by agent_weeks.challenge_id, agent_weeks.week
