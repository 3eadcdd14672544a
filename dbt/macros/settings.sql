{# What the organisation configured, as text; the default where it said nothing. #}
{% macro setting(name, default) -%}
    coalesce(
        (select max(settings.value) from {{ source('meta', 'setting') }} as settings where settings.name = '{{ name }}'),
        '{{ default }}'
    )
{%- endmacro %}
