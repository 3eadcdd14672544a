-- One row per month: the same figures, each summed at its own grain before anything is joined.
with agent_day as (
    select
        agent,
        cast(occurred_at as date) as work_date,
        count(*) as event_rows,
        sum(points) as points,
        count(*) filter (points > 0) as point_events,
        avg(engagement) as engagement
    from event
    group by 1, 2
),

final as (
    select
        cast(date_trunc('month', day.work_date) as date) as month,
        sum(agent_day.event_rows) as event_rows,
        sum(agent_day.points) as points,
        avg(agent_day.engagement) as engagement,
        sum(agent_day.point_events) as point_events,
        sum(day.handle_hours) as handle_hours,
        count(distinct day.agent) filter (agent_day.engagement < 0.4) * 8000 as risk_cost
    from day
    left join agent_day
        on day.agent = agent_day.agent and day.work_date = agent_day.work_date
    group by 1
)

select * from final
