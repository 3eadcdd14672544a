{#
    The Wilson 95 % interval of a share of successes; null where nothing was counted. The normal interval would call
    0 of 100 certain. z = 1.959964. Wilson, E. B. (1927), J. Am. Stat. Assoc. 22, 209-212.
#}
{% macro wilson_low(successes, total) -%}
    case when {{ total }} > 0 then round(greatest(0.0, {{ wilson_bound(successes, total, '-') }}), 12) end
{%- endmacro %}

{% macro wilson_high(successes, total) -%}
    case when {{ total }} > 0 then round(least(1.0, {{ wilson_bound(successes, total, '+') }}), 12) end
{%- endmacro %}

{% macro wilson_bound(successes, total, sign) -%}
    {%- set share = '(cast(' ~ successes ~ ' as ' ~ dbt.type_float() ~ ') / ' ~ total ~ ')' -%}
    {%- set z_squared = '3.841458881296' -%}
    (
        ({{ share }} + {{ z_squared }} / (2 * {{ total }})) {{ sign }} 1.959964 * sqrt(
            {{ share }} * (1 - {{ share }}) / {{ total }} + {{ z_squared }} / (4.0 * {{ total }} * {{ total }})
        )
    ) / (1 + {{ z_squared }} / {{ total }})
{%- endmacro %}

{# A part of a whole as a number, null where there is no whole. #}
{% macro share(part, whole) -%}
    {{ as_float(part) }} / nullif({{ as_float(whole) }}, 0)
{%- endmacro %}
