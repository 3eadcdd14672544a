-- Grain: one row: how the change of points per worked day goes with the change of quality, agent by agent, between the
-- 28 days up to $1 and the 28 before. Called by readEngagementMeasures.
-- Agents with 5 worked days and 2 evaluations in both; errors from influence functions, clustered by team.
with
first_teams as (
    {first-teams}
),

days as (
    select
        agent_days.*,
        agent_days.work_date > cast($1 as date) - 28 as is_later
    from marts.fct_agent_day as agent_days
    where agent_days.work_date between cast($1 as date) - 55 and cast($1 as date)
),

halves as (
    select
        agent_days.agent_id,
        agent_days.is_later,
        count(case when agent_days.interactions > 0 then 1 end) as worked_days,
        sum(agent_days.points) as points,
        sum(agent_days.quality_sum) as quality_sum,
        sum(agent_days.quality_count) as quality_count
    from days as agent_days
    group by agent_days.agent_id, agent_days.is_later
    having count(case when agent_days.interactions > 0 then 1 end) >= 5 and sum(agent_days.quality_count) >= 2
),

changes as (
    select
        later.agent_id,
        cast(later.points as double) / later.worked_days - cast(earlier.points as double) / earlier.worked_days as points,
        cast(later.quality_sum as double) / later.quality_count
        - cast(earlier.quality_sum as double) / earlier.quality_count as quality,
        later.points != 0 or earlier.points != 0 as has_points
    from halves as later
    inner join halves as earlier on later.agent_id = earlier.agent_id and later.is_later and not earlier.is_later
),

deviations as (
    select
        changes.agent_id,
        coalesce(first_teams.team, cast(changes.agent_id as varchar)) as team,
        changes.points - avg(changes.points) over () as x,
        changes.quality - avg(changes.quality) over () as y
    from changes
    left join first_teams on changes.agent_id = first_teams.agent_id
    where changes.has_points
),

sums as (
    select
        count(*) as agents,
        avg(deviations.x * deviations.x) as xx,
        avg(deviations.y * deviations.y) as yy,
        avg(deviations.x * deviations.y) as xy
    from deviations
),

estimates as (
    select
        sums.*,
        sums.xy / nullif(sqrt(sums.xx * sums.yy), 0) as correlation,
        sums.xy / nullif(sums.xx, 0) as slope
    from sums
),

scores as (
    select
        deviations.team,
        sum(
            deviations.x * deviations.y / nullif(sqrt(estimates.xx * estimates.yy), 0)
            - estimates.correlation
            * (deviations.x * deviations.x / nullif(estimates.xx, 0) + deviations.y * deviations.y / nullif(estimates.yy, 0))
            / 2
        ) as correlation_score,
        sum(deviations.x * (deviations.y - estimates.slope * deviations.x) / nullif(estimates.xx, 0)) as slope_score
    from deviations
    cross join estimates
    group by deviations.team
)

select
    estimates.agents,
    estimates.correlation,
    estimates.slope,
    (select count(*) from scores) as teams,
    (
        select sqrt(sum(scores.correlation_score * scores.correlation_score) * count(*) / nullif(count(*) - 1, 0))
        from scores
    ) / nullif(estimates.agents, 0) as correlation_error,
    (
        select sqrt(sum(scores.slope_score * scores.slope_score) * count(*) / nullif(count(*) - 1, 0))
        from scores
    ) / nullif(estimates.agents, 0) as slope_error
from estimates
