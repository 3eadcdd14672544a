-- One row per month: the arithmetic that is often proposed for a gamification ROI, kept to show what it does (docs/roi-method.md).
-- Its last column cannot run as proposed (it reads an alias of the same select as a column), so that one step is repaired here.
with matched as (
    select
        event.*,
        day.handle_hours
    from event
    left join day
        on
            event.agent = day.agent
            and day.work_date between cast(event.occurred_at - interval 1 day as date) and cast(event.occurred_at + interval 1 day as date)
),

rolled as (
    select
        *,
        avg(coalesce(engagement, 0)) over (
            partition by agent order by occurred_at rows between 6 preceding and current row
        ) as engagement_7d
    from matched
),

final as (
    select
        cast(date_trunc('month', occurred_at) as date) as month,
        count(*) as event_rows,
        sum(coalesce(points, 0)) as points,
        avg(engagement_7d) as engagement,
        sum(case when points > 0 then 1 else 0 end) as point_events,
        sum(handle_hours) as handle_hours,
        sum(case when engagement_7d >= 0.6 then 0 else 8000 end) as risk_cost
    from rolled
    group by 1
)

select
    *,
    (3000 - risk_cost) / nullif(risk_cost, 0) as roi
from final
