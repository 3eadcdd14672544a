{# All versions of one stream: the raw tables of every source family have the same columns in the same order. #}
{% macro union_sources(stream) -%}
    {%- for family in ['genesys', 'cxone', 'csv', 'gami'] %}
    select * from {{ source('raw', family ~ '_' ~ stream) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
