{# A mean over a window of days, null below its least number of observed days, or where the export has too many gaps. #}
{% macro rolling_mean(mean, days_used, least_days, coverage) -%}
    case
        when {{ days_used }} >= {{ least_days }} and coalesce({{ coverage }}, 1.0) >= 0.7
            then cast({{ mean }} as {{ dbt.type_float() }})
    end
{%- endmacro %}

{#
    Figures over an agent's last days, by date and not by rows: a list of name, aggregate, column, days. Written out each
    time: Snowflake has no WINDOW clause.
#}
{% macro over_last_days(figures) -%}
    {%- for name, aggregate, column, days in figures -%}
    {{ aggregate }}(daily.{{ column }}) over (
            partition by daily.agent_id order by daily.day_no range between {{ days - 1 }} preceding and current row
        ) as {{ name }}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# The same where each day stands beside the days it looks back upon. #}
{% macro of_days_within(figures) -%}
    {%- for name, aggregate, column, days in figures -%}
    {{ aggregate }}(case when looking_back.days_away < {{ days }} then past.{{ column }} end) as {{ name }}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}
