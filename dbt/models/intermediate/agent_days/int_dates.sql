-- Grain: one row per calendar day, 1970 to 2069, with the days before and after on which its first and last instants lie
-- in other zones, and where the day starts late.
with
days as (
    {{ dbt.date_spine('day', "cast('1969-12-30' as date)", "cast('2070-01-02' as date)") }}
),

final as (
    select cast(days.date_day as date) as date_day
    from days
)

select * from final
