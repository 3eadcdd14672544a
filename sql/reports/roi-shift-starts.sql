-- Grain: one row per four hours of the local clock in which shifts start, from $1 to $2, both inside.
-- Called by readEngagementMeasures. The first shift of an agent's work_date counts; engagement is the 7-day mean of that
-- day, averaged by agent and then over agents. The error is clustered by team.
with
first_teams as (
    {first-teams}
),

shifts as (
    select
        shifts.agent_id,
        shifts.work_date,
        min(add_seconds(shifts.starts_at, offsets.offset_seconds)) as starts_at_local
    from intermediate.int_shifts as shifts
    inner join meta.zone_offset as offsets
        on shifts.zone = offsets.zone
        and shifts.starts_at >= offsets.starts_at
        and shifts.starts_at < offsets.ends_at
    where not shifts.is_leave and shifts.work_date between cast($1 as date) and cast($2 as date)
    group by shifts.agent_id, shifts.work_date
),

agents as (
    select
        cast(floor(extract(hour from shifts.starts_at_local) / 4) as integer) * 4 as from_hour,
        shifts.agent_id,
        coalesce(max(first_teams.team), cast(shifts.agent_id as varchar)) as team,
        avg(agent_days.engagement_7d) as engagement,
        count(*) as agent_days
    from shifts
    inner join marts.fct_agent_day as agent_days
        on shifts.agent_id = agent_days.agent_id
        and shifts.work_date = agent_days.work_date
    left join first_teams on shifts.agent_id = first_teams.agent_id
    where agent_days.engagement_7d is not null
    group by from_hour, shifts.agent_id
),

bands as (
    select
        agents.from_hour,
        count(*) as agents,
        sum(agents.agent_days) as agent_days,
        avg(agents.engagement) as estimate
    from agents
    group by agents.from_hour
),

scores as (
    select
        agents.from_hour,
        agents.team,
        sum(agents.engagement - bands.estimate) as score
    from agents
    inner join bands on agents.from_hour = bands.from_hour
    group by agents.from_hour, agents.team
)

select
    bands.from_hour,
    bands.agents,
    bands.agent_days,
    bands.estimate,
    count(*) as teams,
    sqrt(sum(scores.score * scores.score) * count(*) / nullif(count(*) - 1, 0)) / bands.agents as standard_error
from bands
inner join scores on bands.from_hour = scores.from_hour
group by bands.from_hour, bands.agents, bands.agent_days, bands.estimate
order by bands.from_hour
