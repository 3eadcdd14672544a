-- Grain: one row per calendar day, 1970 to 2069.
with
days as (
    {{ dbt.date_spine('day', "cast('1970-01-01' as date)", "cast('2070-01-01' as date)") }}
),

final as (
    select cast(days.date_day as date) as date_day
    from days
)

select * from final
