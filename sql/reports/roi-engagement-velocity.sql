-- Grain: one row: the common slope of weekly engagement within agents, over the latest 8 whole ISO weeks from $1 to $2.
-- Called by readEngagementMeasures. Weeks with 3 observed days, agents with 4 such weeks; the error is clustered by team.
with
first_teams as (
    {first-teams}
),

weeks as (
    select
        agent_weeks.agent_id,
        agent_weeks.week_start_date,
        cast(days_between(date '1970-01-05', agent_weeks.week_start_date) as double) / 7 as week_no,
        agent_weeks.engagement
    from marts.fct_agent_week as agent_weeks
    where
        agent_weeks.engagement_days_used >= 3
        and agent_weeks.week_start_date >= cast($1 as date)
        and agent_weeks.week_start_date > cast($2 as date) - 63
        and agent_weeks.week_start_date + 6 <= cast($2 as date)
),

latest as (
    select weeks.*
    from weeks
    cross join (select max(weeks.week_start_date) as week_start_date from weeks) as newest
    where weeks.week_start_date > newest.week_start_date - 56
),

demeaned as (
    select
        latest.agent_id,
        latest.week_start_date,
        latest.week_no - avg(latest.week_no) over (partition by latest.agent_id) as week_no,
        latest.engagement - avg(latest.engagement) over (partition by latest.agent_id) as engagement,
        count(*) over (partition by latest.agent_id) as weeks
    from latest
),

used as (
    select
        demeaned.*,
        coalesce(first_teams.team, cast(demeaned.agent_id as varchar)) as team
    from demeaned
    left join first_teams on demeaned.agent_id = first_teams.agent_id
    where demeaned.weeks >= 4
),

slopes as (
    select
        count(distinct used.agent_id) as agents,
        count(*) as agent_weeks,
        min(used.week_start_date) as first_day,
        max(used.week_start_date) + 6 as last_day,
        sum(used.week_no * used.week_no) as spread,
        sum(used.week_no * used.engagement) / nullif(sum(used.week_no * used.week_no), 0) as estimate
    from used
),

scores as (
    select
        used.team,
        sum(used.week_no * (used.engagement - slopes.estimate * used.week_no)) as score
    from used
    cross join slopes
    group by used.team
)

select
    slopes.agents,
    slopes.agent_weeks,
    slopes.first_day,
    slopes.last_day,
    slopes.estimate,
    (select count(*) from scores) as teams,
    (
        select sqrt(sum(scores.score * scores.score) * count(*) / nullif(count(*) - 1, 0))
        from scores
    ) / nullif(slopes.spread, 0) as standard_error
from slopes
