{# The columns together name one row, and none of them is null. #}
{% test is_unique_together(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 or {% for column in columns %}count({{ column }}) = 0{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
