{# A mean over a window of days, null below its least number of observed days, or where the export has too many gaps. #}
{% macro rolling_mean(mean, days_used, least_days, coverage) -%}
    case
        when {{ days_used }} >= {{ least_days }} and coalesce({{ coverage }}, 1.0) >= 0.7
            then cast({{ mean }} as {{ dbt.type_float() }})
    end
{%- endmacro %}
