-- Grain: one row: the rates and thresholds of the finance marts, with defaults where an assumption is harmless.
-- A price nobody stated stays null: the marts then give a reason instead of an amount.
with
settings as (
    select * from {{ source('meta', 'setting') }}
),

pivoted as (
    select
        max(case when settings.name = 'currency' then settings.value end) as currency,
        max(case when settings.name = 'loaded_rate_minor_per_hour' then settings.value end)
            as loaded_rate_minor_per_hour,
        max(case when settings.name = 'realisation_ppm' then settings.value end) as realisation_ppm,
        max(case when settings.name = 'replacement_cost_minor' then settings.value end) as replacement_cost_minor,
        max(case when settings.name = 'usd_per_quality_point_minor' then settings.value end)
            as value_per_quality_point_minor,
        max(case when settings.name = 'monthly_attrition_ppm' then settings.value end) as monthly_attrition_ppm,
        max(case when settings.name = 'hazard_ratio_milli' then settings.value end) as hazard_ratio_milli,
        max(case when settings.name = 'risk_engagement_threshold_ppm' then settings.value end)
            as risk_engagement_threshold_ppm,
        max(case when settings.name = 'engagement_trigger_ppm' then settings.value end) as engagement_trigger_ppm,
        max(case when settings.name = 'engagement_risk_cost_threshold_ppm' then settings.value end)
            as engagement_risk_cost_threshold_ppm,
        max(case when settings.name = 'programme_announced_on' then settings.value end) as programme_announced_on
    from settings
),

final as (
    select
        pivoted.currency,
        cast(pivoted.loaded_rate_minor_per_hour as bigint) as loaded_rate_minor_per_hour,
        {{ as_float("coalesce(pivoted.realisation_ppm, '1000000')") }} / 1000000.0 as realisation,
        cast(pivoted.replacement_cost_minor as bigint) as replacement_cost_minor,
        coalesce(cast(pivoted.value_per_quality_point_minor as bigint), 0) as value_per_quality_point_minor,
        {{ as_float('pivoted.monthly_attrition_ppm') }} / 1000000.0 as monthly_attrition,
        {{ as_float("coalesce(pivoted.hazard_ratio_milli, '3200')") }} / 1000.0 as hazard_ratio,
        {{ as_float("coalesce(pivoted.risk_engagement_threshold_ppm, '400000')") }} / 1000000.0
            as risk_engagement_threshold,
        {{ as_float("coalesce(pivoted.engagement_trigger_ppm, '500000')") }} / 1000000.0 as engagement_trigger,
        {{ as_float("coalesce(pivoted.engagement_risk_cost_threshold_ppm, '600000')") }} / 1000000.0
            as engagement_risk_cost_threshold,
        cast(pivoted.programme_announced_on as date) as programme_announced_on
    from pivoted
)

select * from final
