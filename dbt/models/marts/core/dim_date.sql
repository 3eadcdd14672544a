-- Grain: one row per calendar day, 1969-12-30 to 2070-01-01, with its ISO week (Monday to Sunday, belonging to the year
-- of its Thursday) and its month.
with
dates as (
    select * from {{ ref('int_dates') }}
),

weekdays as (
    select
        dates.date_day,
        {{ dbt.datediff("cast('1970-01-01' as date)", 'dates.date_day', 'day') }} as day_no,
        {{ iso_weekday('dates.date_day') }} as iso_weekday
    from dates
),

thursdays as (
    select
        weekdays.date_day,
        weekdays.day_no,
        weekdays.iso_weekday,
        {{ add_days('weekdays.date_day', '(1 - weekdays.iso_weekday)') }} as week_start_date,
        {{ add_days('weekdays.date_day', '(4 - weekdays.iso_weekday)') }} as thursday
    from weekdays
),

numbered as (
    select
        thursdays.*,
        cast(extract(year from thursdays.date_day) as integer) as calendar_year,
        cast(extract(month from thursdays.date_day) as integer) as calendar_month,
        cast(extract(year from thursdays.thursday) as integer) as iso_year,
        cast(floor(({{ day_of_year('thursdays.thursday') }} - 1) / 7) as integer) + 1 as iso_week_no
    from thursdays
),

final as (
    select
        numbered.date_day,
        cast(numbered.day_no as bigint) as day_no,
        cast(numbered.iso_weekday as integer) as iso_weekday,
        numbered.iso_weekday >= 6 as is_weekend,
        numbered.week_start_date,
        numbered.iso_year,
        numbered.iso_week_no,
        cast(numbered.iso_year as {{ dbt.type_string() }})
        || '-W' || lpad(cast(numbered.iso_week_no as {{ dbt.type_string() }}), 2, '0') as iso_week,
        numbered.calendar_year,
        numbered.calendar_month,
        cast(numbered.calendar_year as {{ dbt.type_string() }})
        || '-' || lpad(cast(numbered.calendar_month as {{ dbt.type_string() }}), 2, '0') as year_month,
        cast({{ dbt.date_trunc('month', 'numbered.date_day') }} as date) as month_start_date,
        cast({{ dbt.last_day('numbered.date_day', 'month') }} as date) as month_end_date
    from numbered
)

select * from final
