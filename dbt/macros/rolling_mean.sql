{# A mean over a window of days, null below its least number of observed days, or where the export has too many gaps. #}
{% macro rolling_mean(mean, days_used, least_days, coverage) -%}
    case
        when {{ days_used }} >= {{ least_days }} and coalesce({{ coverage }}, 1.0) >= 0.7
            then cast({{ mean }} as {{ dbt.type_float() }})
    end
{%- endmacro %}

{# The window of an agent's last days, by date and not by rows. Written out each time: Snowflake has no WINDOW clause. #}
{% macro last_days(count) -%}
    (partition by daily.agent_id order by daily.day_no range between {{ count - 1 }} preceding and current row)
{%- endmacro %}
