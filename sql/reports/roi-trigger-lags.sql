-- Grain: one row per lag of 0 to 4 weeks: how points per worked day in a week go with quality that many weeks later.
-- Called by readEngagementMeasures. Whole ISO weeks from $1 to $2, the latest 104 at most, each agent's from the first
-- points on, so that more points are compared with fewer and not the programme with its absence. Both sides are taken
-- against the mean of all agents in the week and then the agent's own mean, which leaves what moves together within
-- agents. Agents with 4 pairs of weeks; the error comes from influence functions, clustered by team.
with
first_teams as (
    {first-teams}
),

weeks as (
    select
        agent_weeks.agent_id,
        agent_weeks.week_start_date,
        cast(agent_weeks.points as double) / nullif(agent_weeks.worked_days, 0) as points,
        cast(agent_weeks.quality_sum as double) / nullif(agent_weeks.quality_count, 0) as quality
    from marts.fct_agent_week as agent_weeks
    where
        agent_weeks.week_start_date between greatest(cast($1 as date), cast($2 as date) - 734) and cast($2 as date) - 6
),

starts as (
    select
        weeks.agent_id,
        min(weeks.week_start_date) as first_week
    from weeks
    where weeks.points > 0
    group by weeks.agent_id
),

lags as (
    select 0 as lag_weeks
    union all
    select 1 as lag_weeks
    union all
    select 2 as lag_weeks
    union all
    select 3 as lag_weeks
    union all
    select 4 as lag_weeks
),

pairs as (
    select
        lags.lag_weeks,
        triggers.agent_id,
        triggers.week_start_date,
        triggers.points as x,
        outcomes.quality as y
    from weeks as triggers
    inner join starts on triggers.agent_id = starts.agent_id and triggers.week_start_date >= starts.first_week
    cross join lags
    inner join weeks as outcomes
        on triggers.agent_id = outcomes.agent_id
        and triggers.week_start_date + 7 * lags.lag_weeks = outcomes.week_start_date
    where triggers.points is not null and outcomes.quality is not null
),

of_weeks as (
    select
        pairs.lag_weeks,
        pairs.agent_id,
        pairs.week_start_date,
        pairs.x - avg(pairs.x) over (partition by pairs.lag_weeks, pairs.week_start_date) as x,
        pairs.y - avg(pairs.y) over (partition by pairs.lag_weeks, pairs.week_start_date) as y,
        count(*) over (partition by pairs.lag_weeks, pairs.agent_id) as agent_pairs
    from pairs
),

deviations as (
    select
        of_weeks.lag_weeks,
        of_weeks.agent_id,
        of_weeks.week_start_date,
        coalesce(first_teams.team, cast(of_weeks.agent_id as varchar)) as team,
        of_weeks.x - avg(of_weeks.x) over (partition by of_weeks.lag_weeks, of_weeks.agent_id) as x,
        of_weeks.y - avg(of_weeks.y) over (partition by of_weeks.lag_weeks, of_weeks.agent_id) as y
    from of_weeks
    left join first_teams on of_weeks.agent_id = first_teams.agent_id
    where of_weeks.agent_pairs >= 4
),

estimates as (
    select
        deviations.lag_weeks,
        count(*) as agent_weeks,
        count(distinct deviations.agent_id) as agents,
        min(deviations.week_start_date) as first_day,
        max(deviations.week_start_date) + 7 * deviations.lag_weeks + 6 as last_day,
        avg(deviations.x * deviations.x) as xx,
        avg(deviations.y * deviations.y) as yy,
        avg(deviations.x * deviations.y) / nullif(sqrt(avg(deviations.x * deviations.x) * avg(deviations.y * deviations.y)), 0)
            as correlation
    from deviations
    group by deviations.lag_weeks
),

scores as (
    select
        deviations.lag_weeks,
        deviations.team,
        sum(
            deviations.x * deviations.y / nullif(sqrt(estimates.xx * estimates.yy), 0)
            - estimates.correlation
            * (deviations.x * deviations.x / nullif(estimates.xx, 0) + deviations.y * deviations.y / nullif(estimates.yy, 0))
            / 2
        ) as score
    from deviations
    inner join estimates on deviations.lag_weeks = estimates.lag_weeks
    group by deviations.lag_weeks, deviations.team
),

errors as (
    select
        scores.lag_weeks,
        count(*) as teams,
        sqrt(sum(scores.score * scores.score) * count(*) / nullif(count(*) - 1, 0)) as summed
    from scores
    group by scores.lag_weeks
)

select
    lags.lag_weeks,
    coalesce(estimates.agent_weeks, 0) as agent_weeks,
    coalesce(estimates.agents, 0) as agents,
    estimates.first_day,
    estimates.last_day,
    estimates.correlation,
    coalesce(errors.teams, 0) as teams,
    errors.summed / estimates.agent_weeks as standard_error
from lags
left join estimates on lags.lag_weeks = estimates.lag_weeks
left join errors on lags.lag_weeks = errors.lag_weeks
order by lags.lag_weeks
