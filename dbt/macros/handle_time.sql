{# Handle time is what the source says, else the sum of its parts; unknown when no part is known (never zero). #}
{% macro handle_ms(row) -%}
    coalesce(
        {{ row }}.handle_ms,
        case
            when coalesce({{ row }}.talk_ms, {{ row }}.hold_ms, {{ row }}.after_call_ms, {{ row }}.other_ms) is not null
                then
                    coalesce({{ row }}.talk_ms, 0) + coalesce({{ row }}.hold_ms, 0)
                    + coalesce({{ row }}.after_call_ms, 0) + coalesce({{ row }}.other_ms, 0)
        end
    )
{%- endmacro %}

{# Thousandths as a number with three digits: milliseconds as seconds, milli-points as points. #}
{% macro from_milli(amount) -%}
    cast({{ amount }} / 1000.0 as numeric(18, 3))
{%- endmacro %}

{# Where a score lies on its scale, 0 to 100. #}
{% macro share_of_scale(score, lowest, highest) -%}
    case
        when {{ highest }} > coalesce({{ lowest }}, 0)
            then cast(
                ({{ score }} - coalesce({{ lowest }}, 0)) * 100.0 / ({{ highest }} - coalesce({{ lowest }}, 0))
                as numeric(18, 3)
            )
        else {{ from_milli(score) }}
    end
{%- endmacro %}
