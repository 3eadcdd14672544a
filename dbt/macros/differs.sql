{# Whether one of the columns differs between two rows; null is a value like any other. #}
{% macro any_differs(one, other, columns) -%}
    (
        {%- for column in columns %}
        {% if not loop.first %}or {% endif -%}
        {{ one }}.{{ column }} is distinct from {{ other }}.{{ column }}
        {%- endfor %}
    )
{%- endmacro %}
