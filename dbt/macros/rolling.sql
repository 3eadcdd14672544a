{# A mean over a window of days, null below its least number of observed days, or where the export has too many gaps. #}
{% macro rolling_mean(mean, days_used, least_days, coverage) -%}
    case
        when {{ days_used }} >= {{ least_days }} and coalesce({{ coverage }}, 1.0) >= 0.7
            then cast({{ mean }} as {{ dbt.type_float() }})
    end
{%- endmacro %}

{#
    Figures over an agent's last days, by date and not by rows: a list of name, aggregate, column, days, and the reach of a
    difference that changes them. Written out each time: Snowflake has no WINDOW clause.
#}
{% macro over_last_days(figures) -%}
    {%- for figure in figures -%}
    {{ figure.aggregate }}(daily.{{ figure.column }}) over (
            partition by daily.agent_id
            order by daily.day_no range between {{ figure.days - 1 }} preceding and current row
        ) as {{ figure.name }}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# The same where each day stands beside the days it looks back upon; null where a difference of that reach changes none. #}
{% macro of_days_within(figures, reach) -%}
    {%- for figure in figures -%}
    {%- if figure.reach <= reach -%}
    {{ figure.aggregate }}(case when looking_back.days_away < {{ figure.days }} then past.{{ figure.column }} end)
    {%- else -%}
    null
    {%- endif %} as {{ figure.name }}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}
