{#
    The last instant that what is loaded may be of: a day after the newest batch was recorded; null before the first batch.
    What is dated later is a mistake of its source: it is kept, but nothing is taken for loaded up to it.
#}
{% macro latest_instant() -%}
    (
        select {{ add_seconds('max(batches.recorded_at)', hours(24)) }}
        from {{ source('meta', 'batch') }} as batches
    )
{%- endmacro %}
