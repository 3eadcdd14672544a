-- Grain: one row: how much credit a challenge may take in each status, and how fast that fades.
with
settings as (
    select * from {{ source('meta', 'setting') }}
),

pivoted as (
    select
        max(case when settings.name = 'decay_half_life_days' then settings.value end) as decay_half_life_days,
        max(case when settings.name = 'decay_window_days' then settings.value end) as decay_window_days,
        max(case when settings.name = 'weight.active' then settings.value end) as active_weight,
        max(case when settings.name = 'weight.paused' then settings.value end) as paused_weight,
        max(case when settings.name = 'weight.expired' then settings.value end) as expired_weight,
        max(case when settings.name = 'weight.retired' then settings.value end) as retired_weight
    from settings
),

rules as (
    select
        cast(coalesce(pivoted.decay_half_life_days, '7') as {{ dbt.type_float() }}) as decay_half_life_days,
        cast(coalesce(pivoted.decay_window_days, '14') as {{ dbt.type_float() }}) as decay_window_days,
        cast(coalesce(pivoted.active_weight, '1000000') as {{ dbt.type_float() }}) / 1000000 as active_weight,
        cast(coalesce(pivoted.paused_weight, '1000000') as {{ dbt.type_float() }}) / 1000000 as paused_weight,
        cast(coalesce(pivoted.expired_weight, '1000000') as {{ dbt.type_float() }}) / 1000000 as expired_weight,
        cast(coalesce(pivoted.retired_weight, '0') as {{ dbt.type_float() }}) / 1000000 as retired_weight
    from pivoted
),

final as (
    select
        rules.*,
        cast(rules.decay_half_life_days as {{ dbt.type_string() }})
        || ' ' || cast(rules.decay_window_days as {{ dbt.type_string() }})
        || ' ' || cast(rules.active_weight as {{ dbt.type_string() }})
        || ' ' || cast(rules.paused_weight as {{ dbt.type_string() }})
        || ' ' || cast(rules.expired_weight as {{ dbt.type_string() }})
        || ' ' || cast(rules.retired_weight as {{ dbt.type_string() }}) as rules_text
    from rules
)

select * from final
