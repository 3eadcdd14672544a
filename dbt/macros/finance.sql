{# The kinds of cost of the canonical record, in its order. #}
{% macro cost_kinds() -%}
    {{ return(['reward', 'licence', 'admin', 'agent_time', 'liability_change']) }}
{%- endmacro %}

{# `2026-03`: a month of one year, which a month number is not. #}
{% macro year_month(day) -%}
    substr(cast({{ day }} as {{ dbt.type_string() }}), 1, 7)
{%- endmacro %}

{# (G - C) / C, null where it means nothing. #}
{% macro roi_ratio(benefit, cost) -%}
    case when {{ cost }} > 0 then {{ as_float(benefit ~ ' - ' ~ cost) }} / {{ cost }} end
{%- endmacro %}

{# Why there is no ratio, in words. Without a cost there is nothing to return on, whatever the benefit. #}
{% macro roi_reason(benefit, cost, benefit_reason) -%}
    case
        when {{ cost }} = 0 then 'undefined: no cost is recorded'
        when {{ cost }} < 0 then 'undefined: the recorded cost is negative'
        when {{ benefit }} is null then 'no benefit: ' || {{ benefit_reason }}
    end
{%- endmacro %}

{# Why no hours were saved or lost: nobody to look at, nothing to compare with, or no price of an hour. #}
{% macro handle_reason(month) -%}
    case
        when {{ month }}.enrolled_agent_days = 0 then 'no agent is enrolled in this month'
        when {{ month }}.compared_contacts = 0
            then 'no contact of an enrolled agent with a baseline (8 weeks before, at least 4 of them observed)'
        when {{ month }}.value_minor_per_hour is null then 'the setting loaded_rate_minor_per_hour is missing'
    end
{%- endmacro %}

{# Why nothing of it was saved or lost in the first 14 days; the rest of the month may well have a figure. #}
{% macro operational_handle_reason(month) -%}
    coalesce(
        {{ month }}.handle_reason,
        case
            when {{ month }}.operational_hours_saved is null
                then 'no contact of an enrolled agent with a baseline in the first 14 days'
        end
    )
{%- endmacro %}
