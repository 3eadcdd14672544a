{# Columns with a closed list of words, looked at together; null means unknown and is allowed. #}
{% test has_known_values(model, columns) %}
{%- for column, values in columns.items() %}
select '{{ column }}' as column_name, cast({{ column }} as {{ dbt.type_string() }}) as unknown_value, count(*) as row_count
from {{ model }}
where {{ column }} not in ('{{ values | join("', '") }}')
group by 1, 2
{% if not loop.last %}union all{% endif %}
{%- endfor %}
{% endtest %}
