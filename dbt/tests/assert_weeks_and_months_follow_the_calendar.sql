-- [T40] An ISO week belongs to the year of its Thursday; [T55] a month never goes without its year; [G13] thirty days
-- that end on 31 January 2024 begin on the 2nd.
with
expected as (
    select cast('2024-12-30' as date) as date_day, '2025-W01' as iso_week, '2024-12' as year_month
    union all
    select cast('2021-01-03' as date) as date_day, '2020-W53' as iso_week, '2021-01' as year_month
    union all
    select cast('1999-02-01' as date) as date_day, '1999-W05' as iso_week, '1999-02' as year_month
    union all
    select cast('1970-01-01' as date) as date_day, '1970-W01' as iso_week, '1970-01' as year_month
),

thirty_days as (
    select
        count(*) as days,
        min(dates.date_day) as first_day
    from {{ ref('dim_date') }} as dates
    inner join {{ ref('dim_date') }} as last_day on last_day.date_day = cast('2024-01-31' as date)
    where dates.day_no between last_day.day_no - 29 and last_day.day_no
)

select
    expected.date_day,
    expected.iso_week as expected_week,
    dates.iso_week,
    dates.year_month
from expected
left join {{ ref('dim_date') }} as dates on expected.date_day = dates.date_day
where
    dates.iso_week is null
    or dates.iso_week != expected.iso_week
    or dates.year_month != expected.year_month
union all
select
    thirty_days.first_day as date_day,
    '30 days' as expected_week,
    cast(thirty_days.days as {{ dbt.type_string() }}) as iso_week,
    null as year_month
from thirty_days
where thirty_days.days != 30 or thirty_days.first_day != cast('2024-01-02' as date)
