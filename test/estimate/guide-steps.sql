-- One row per step of the proposed arithmetic on a fixture of its own: what it says, and what is right (docs/roi-method.md).
with
-- Four days with scores; the days between have none.
scores as (
    select
        date '2024-05-01' + offset_days as day,
        score,
        unnest(range(events)) as nth
    from (values (0, 0.6, 2), (1, 0.4, 1), (4, 0.9, 3), (8, 0.2, 1)) as given (offset_days, score, events)
),

score_days as (
    select
        day,
        any_value(score) as score
    from scores
    group by day
),

rolling as (
    select
        (select avg(score) from (select score from scores order by day desc, nth desc limit 7)) as last_seven_rows,
        (select case when count(*) >= 3 then avg(score) end from score_days where day > date '2024-05-02') as last_seven_days
),

-- Monday to Friday, one event of ten points a day, one performance row a day.
week as (
    select date '2024-05-06' + unnest(range(5))::integer as day
),

joined as (
    select
        count(*) as proposed_rows,
        10 * count(*) as proposed_points,
        count(*) filter (performance.day = event.day) as right_rows,
        10 * count(*) filter (performance.day = event.day) as right_points
    from week as event
    inner join week as performance on performance.day between event.day - 1 and event.day + 1
),

-- 500 agents, 150 of them below the threshold all month, 8 events on each of 22 days; attrition 3 % a month, hazard ratio 3.2.
turnover as (
    select
        150 * 8 * 22 * 8000 as proposed,
        150 * 8000 * (exp(-hazard) - exp(-3.2 * hazard)) as expected
    from (select -ln(1 - 0.03) / (1 + 2.2 * 0.3) as hazard)
),

-- Five events, of which two carry the score of .8.
unscored as (
    select unnest([0.8, 0.8, null, null, null]) as score
),

-- A keen agent with nine events a day and a tired one with one.
activity as (
    select
        agent,
        score,
        unnest(range(events)) as nth
    from (values ('keen', 0.9, 9), ('tired', 0.1, 1)) as given (agent, score, events)
),

agents as (
    select
        agent,
        avg(score) as score
    from activity
    group by agent
),

-- One award sent twice, a millisecond apart, and two awards of one second for two interactions.
awards as (
    select * from (values
        ('a', timestamp '2024-05-06 10:00:00.000', 'quality', 'i1', 'c1'),
        ('a', timestamp '2024-05-06 10:00:00.001', 'quality', 'i1', 'c1'),
        ('b', timestamp '2024-05-06 10:00:00.000', 'quality', 'i2', 'c1'),
        ('b', timestamp '2024-05-06 10:00:00.000', 'quality', 'i3', 'c2')
    ) as given (agent, occurred_at, action, interaction, challenge)
),

-- An evening shift in New York, from 19:00 to 21:00 of 6 May.
evening as (
    select timestamp '2024-05-06 23:00:00' + interval 1 hour * unnest(range(3)) as utc
),

steps as (
    select 1 as place, 'mean of the 7 days to the 9th, with scores on the 1st, 2nd, 5th and 9th' as step,
        printf('%.3f', last_seven_rows) as proposed, coalesce(printf('%.3f', last_seven_days), 'unknown') as correct from rolling
    union all
    select 2, 'five days of one event with 10 points', printf('%d rows, %d points', proposed_rows, proposed_points),
        printf('%d rows, %d points', right_rows, right_points) from joined
    union all
    select 3, 'a month of 500 agents, 150 of them at risk', format('{:,}', proposed), format('{:,.0f}', expected) from turnover
    union all
    select 4, 'mean score of .8, three of five events without one', printf('%.2f', avg(coalesce(score, 0))), printf('%.2f', avg(score)) from unscored
    union all
    select 5, 'mean of an agent at .9 with nine events and one at .1 with one', printf('%.2f', (select avg(score) from activity)),
        printf('%.2f', (select avg(score) from agents))
    union all
    select if(agent = 'a', 6, 7), if(agent = 'a', 'one award sent twice, a millisecond apart', 'awards for two interactions in one second'),
        printf('%d', count(distinct (agent, occurred_at, action))), printf('%d', count(distinct (agent, interaction, action)))
    from awards group by agent
    union all
    select 8, 'hours from 10:59 to 11:01', printf('%d', date_diff('hour', timestamp '2024-05-06 10:59:00', timestamp '2024-05-06 11:01:00')),
        printf('%.3f', epoch(timestamp '2024-05-06 11:01:00' - timestamp '2024-05-06 10:59:00') / 3600)
    union all
    select 9, 'days of one evening shift in New York', printf('%d', (select count(distinct utc::date) from evening)),
        printf('%d', (select count(distinct (utc - interval 4 hour)::date) from evening))
    union all
    select 10, 'return on 3,000 saved where nobody is at risk, 2,500 spent', coalesce(printf('%.2f', (3000 - 0) / nullif(0, 0)), 'none'),
        printf('%.2f', (3000 - 2500) / 2500.0)
)

select step, proposed, correct from steps order by place
