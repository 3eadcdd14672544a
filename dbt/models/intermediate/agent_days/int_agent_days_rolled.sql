-- Grain: one row per agent and work_date of the roster, silent days included, with its rolling figures. A day that left the
-- roster stays as an empty row (is_empty).
-- Rolling figures look at dates, not rows; they are null when too few days were observed, or when less than 70 % of the
-- scheduled days of the window were loaded.
-- An incremental run asks int_agent_days itself what became different, not the change log: figures depend on nothing but
-- those rows, so what differs nowhere is right as it stands, whatever happened to the runs before. It makes anew the figures
-- whose windows a difference reaches, each from the days of its window, and keeps the others.
{{ config(materialized='incremental', unique_key=['agent_id', 'work_date']) }}
{%- set in_long_windows = [
    'engagement_sum_ppm', 'engagement_count', 'points_milli', 'is_scheduled', 'has_events_loaded',
] %}
{%- set in_middle_windows = ['handle_seconds', 'handle_count', 'quality_sum', 'quality_count'] %}
{%- set in_no_window = [
    'agent_key', 'is_employed', 'is_on_leave', 'handle_basis', 'quality_basis', 'csat_basis', 'adherence_basis',
    'has_average_without_count', 'handle_state', 'quality_state', 'interactions', 'talk_seconds', 'hold_seconds',
    'after_call_seconds', 'csat_sum', 'csat_count', 'scheduled_seconds', 'adherent_seconds', 'overflow_count', 'event_count',
] %}
{%- set figures = [
    {'name': 'engagement_mean_7d', 'aggregate': 'avg', 'column': 'engagement', 'days': 7, 'reach': 89},
    {'name': 'engagement_7d_days', 'aggregate': 'count', 'column': 'engagement', 'days': 7, 'reach': 89},
    {'name': 'engagement_mean_28d', 'aggregate': 'avg', 'column': 'engagement', 'days': 28, 'reach': 89},
    {'name': 'engagement_deviation_28d', 'aggregate': 'stddev_samp', 'column': 'engagement', 'days': 28, 'reach': 89},
    {'name': 'engagement_28d_days', 'aggregate': 'count', 'column': 'engagement', 'days': 28, 'reach': 89},
    {'name': 'engagement_mean_90d', 'aggregate': 'avg', 'column': 'engagement', 'days': 90, 'reach': 89},
    {'name': 'engagement_90d_days', 'aggregate': 'count', 'column': 'engagement', 'days': 90, 'reach': 89},
    {'name': 'loaded_days_7d', 'aggregate': 'sum', 'column': 'loaded_day', 'days': 7, 'reach': 89},
    {'name': 'loaded_days_28d', 'aggregate': 'sum', 'column': 'loaded_day', 'days': 28, 'reach': 89},
    {'name': 'loaded_days_90d', 'aggregate': 'sum', 'column': 'loaded_day', 'days': 90, 'reach': 89},
    {'name': 'expected_days_7d', 'aggregate': 'sum', 'column': 'expected_day', 'days': 7, 'reach': 89},
    {'name': 'expected_days_28d', 'aggregate': 'sum', 'column': 'expected_day', 'days': 28, 'reach': 89},
    {'name': 'expected_days_90d', 'aggregate': 'sum', 'column': 'expected_day', 'days': 90, 'reach': 89},
    {'name': 'points_milli_7d', 'aggregate': 'sum', 'column': 'points_milli', 'days': 7, 'reach': 89},
    {'name': 'points_milli_28d', 'aggregate': 'sum', 'column': 'points_milli', 'days': 28, 'reach': 89},
    {'name': 'points_milli_90d', 'aggregate': 'sum', 'column': 'points_milli', 'days': 90, 'reach': 89},
    {'name': 'handle_seconds_28d', 'aggregate': 'sum', 'column': 'handle_seconds', 'days': 28, 'reach': 27},
    {'name': 'handle_count_28d', 'aggregate': 'sum', 'column': 'handle_count', 'days': 28, 'reach': 27},
    {'name': 'handle_28d_days', 'aggregate': 'count', 'column': 'handled_day', 'days': 28, 'reach': 27},
    {'name': 'quality_sum_28d', 'aggregate': 'sum', 'column': 'quality_sum', 'days': 28, 'reach': 27},
    {'name': 'quality_28d_count', 'aggregate': 'sum', 'column': 'quality_count', 'days': 28, 'reach': 27},
] %}
{%- set from_long_windows = [
    'engagement_7d', 'engagement_7d_days_used', 'engagement_28d', 'engagement_28d_days_used', 'engagement_90d',
    'engagement_90d_days_used', 'engagement_stability_28d', 'coverage_7d', 'coverage_28d', 'coverage_90d', 'points_7d',
    'points_28d', 'points_90d',
] %}
{%- set from_middle_windows = [
    'handle_seconds_per_interaction_28d', 'handle_28d_days_used', 'quality_28d', 'quality_28d_count',
] %}
with
agent_days as (
    select * from {{ ref('int_agent_days') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

daily as (
    select
        agent_days.*,
        dates.day_no,
        dates.year_month,
        dates.iso_week,
        -- DuckDB's greatest passes over a null: without the case a day without a score would read as engagement 0.
        case
            when agent_days.engagement_count > 0
                then least(
                    1.0,
                    greatest(
                        0.0,
                        {{ as_float('agent_days.engagement_sum_ppm') }} / 1000000.0 / agent_days.engagement_count
                    )
                )
        end as engagement,
        case when agent_days.is_scheduled then 1 else 0 end as expected_day,
        case when agent_days.is_scheduled and agent_days.has_events_loaded then 1 else 0 end as loaded_day,
        case when agent_days.handle_count > 0 then 1 end as handled_day
    from agent_days
    inner join dates on agent_days.work_date = dates.date_day
),

{% if is_incremental() -%}
known as (
    select * from {{ this }}
    where not is_empty
),

-- What is kept here stands beside what the day looks like now. A difference reaches as far as the longest window that
-- sums it; one that no window sums reaches no further than its own day.
differing as (
    select
        coalesce(agent_days.agent_id, known.agent_id) as agent_id,
        coalesce(agent_days.work_date, known.work_date) as work_date,
        agent_days.agent_id is null as is_gone,
        case
            when {{ any_differs('agent_days', 'known', in_long_windows) }} then 89
            when {{ any_differs('agent_days', 'known', in_middle_windows) }} then 27
            else 0
        end as reach
    from agent_days
    full outer join known
        on agent_days.agent_id = known.agent_id
        and agent_days.work_date = known.work_date
    where {{ any_differs('agent_days', 'known', in_long_windows + in_middle_windows + in_no_window) }}
),

days_away as (
    {%- for reach in [0, 27, 89] %}
    select
        {{ reach }} as reach,
        cast(dates.day_no as integer) as days_away
    from dates
    where dates.day_no between 0 and {{ reach }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- The days a difference reaches, and how many days each has to look back upon.
touched as (
    select
        differing.agent_id,
        {{ add_days('differing.work_date', 'days_away.days_away') }} as work_date,
        max(differing.reach) as days_back,
        max(case when differing.is_gone and days_away.days_away = 0 then 1 else 0 end) = 1 as is_gone
    from differing
    inner join days_away on differing.reach = days_away.reach
    group by differing.agent_id, {{ add_days('differing.work_date', 'days_away.days_away') }}
),

looking_back as (
    select
        daily.agent_id,
        daily.work_date,
        touched.days_back,
        days_away.days_away,
        daily.day_no - days_away.days_away as day_no
    from touched
    inner join daily
        on touched.agent_id = daily.agent_id
        and touched.work_date = daily.work_date
    inner join days_away on touched.days_back = days_away.reach
    where touched.days_back > 0
),

figures as (
    {%- for reach in [89, 27] %}
    select
        looking_back.agent_id,
        looking_back.work_date,
        {{ of_days_within(figures, reach) }}
    from looking_back
    inner join daily as past
        on looking_back.agent_id = past.agent_id
        and looking_back.day_no = past.day_no
    where looking_back.days_back = {{ reach }}
    group by looking_back.agent_id, looking_back.work_date
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

summed as (
    select
        daily.*,
        {%- for figure in figures %}
        figures.{{ figure.name }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from touched
    inner join daily
        on touched.agent_id = daily.agent_id
        and touched.work_date = daily.work_date
    left join figures
        on touched.agent_id = figures.agent_id
        and touched.work_date = figures.work_date
),
{%- else -%}
summed as (
    select
        daily.*,
        {{ over_last_days(figures) }}
    from daily
),
{%- endif %}

rolling as (
    select
        summed.*,
        {{ as_float('summed.loaded_days_7d') }} / nullif(summed.expected_days_7d, 0) as coverage_7d,
        {{ as_float('summed.loaded_days_28d') }} / nullif(summed.expected_days_28d, 0) as coverage_28d,
        {{ as_float('summed.loaded_days_90d') }} / nullif(summed.expected_days_90d, 0) as coverage_90d,
        {{ as_float('summed.handle_seconds_28d') }} / nullif(summed.handle_count_28d, 0) as handle_seconds_mean_28d,
        {{ as_float('summed.quality_sum_28d') }} / nullif(summed.quality_28d_count, 0) as quality_mean_28d
    from summed
),

made as (
    select
        rolling.agent_id,
        rolling.agent_key,
        rolling.work_date,
        rolling.year_month,
        rolling.iso_week,
        rolling.is_employed,
        rolling.is_scheduled,
        rolling.is_on_leave,
        rolling.handle_basis,
        rolling.quality_basis,
        rolling.csat_basis,
        rolling.adherence_basis,
        rolling.has_average_without_count,
        rolling.handle_state,
        rolling.quality_state,
        cast(rolling.interactions as bigint) as interactions,
        cast(rolling.handle_count as bigint) as handle_count,
        cast(rolling.talk_seconds as numeric(18, 3)) as talk_seconds,
        cast(rolling.hold_seconds as numeric(18, 3)) as hold_seconds,
        cast(rolling.after_call_seconds as numeric(18, 3)) as after_call_seconds,
        cast(rolling.handle_seconds as numeric(18, 3)) as handle_seconds,
        cast(rolling.quality_sum as numeric(18, 3)) as quality_sum,
        cast(rolling.quality_count as bigint) as quality_count,
        cast(rolling.csat_sum as numeric(18, 3)) as csat_sum,
        cast(rolling.csat_count as bigint) as csat_count,
        cast(rolling.scheduled_seconds as numeric(18, 3)) as scheduled_seconds,
        cast(rolling.adherent_seconds as numeric(18, 3)) as adherent_seconds,
        cast(rolling.engagement_sum_ppm as bigint) as engagement_sum_ppm,
        cast(rolling.engagement_count as bigint) as engagement_count,
        cast(rolling.overflow_count as bigint) as overflow_count,
        cast(rolling.engagement as {{ dbt.type_float() }}) as engagement,
        rolling.points_milli,
        {{ from_milli('rolling.points_milli') }} as points,
        cast(rolling.event_count as bigint) as event_count,
        rolling.has_events_loaded,
        {{ rolling_mean('rolling.engagement_mean_7d', 'rolling.engagement_7d_days', 3, 'rolling.coverage_7d') }}
            as engagement_7d,
        cast(rolling.engagement_7d_days as bigint) as engagement_7d_days_used,
        {{ rolling_mean('rolling.engagement_mean_28d', 'rolling.engagement_28d_days', 12, 'rolling.coverage_28d') }}
            as engagement_28d,
        cast(rolling.engagement_28d_days as bigint) as engagement_28d_days_used,
        {{ rolling_mean('rolling.engagement_mean_90d', 'rolling.engagement_90d_days', 30, 'rolling.coverage_90d') }}
            as engagement_90d,
        cast(rolling.engagement_90d_days as bigint) as engagement_90d_days_used,
        {{ rolling_mean(
            'least(1.0, greatest(0.0, 1 - 2 * rolling.engagement_deviation_28d))',
            'rolling.engagement_28d_days', 12, 'rolling.coverage_28d',
        ) }} as engagement_stability_28d,
        cast(rolling.coverage_7d as {{ dbt.type_float() }}) as coverage_7d,
        cast(rolling.coverage_28d as {{ dbt.type_float() }}) as coverage_28d,
        cast(rolling.coverage_90d as {{ dbt.type_float() }}) as coverage_90d,
        {{ from_milli('rolling.points_milli_7d') }} as points_7d,
        {{ from_milli('rolling.points_milli_28d') }} as points_28d,
        {{ from_milli('rolling.points_milli_90d') }} as points_90d,
        cast(rolling.handle_seconds_mean_28d as {{ dbt.type_float() }}) as handle_seconds_per_interaction_28d,
        cast(rolling.handle_28d_days as bigint) as handle_28d_days_used,
        cast(rolling.quality_mean_28d as {{ dbt.type_float() }}) as quality_28d,
        cast(rolling.quality_28d_count as bigint) as quality_28d_count
    from rolling
),

{% if is_incremental() -%}
final as (
    select
        touched.agent_id,
        touched.work_date,
        touched.is_gone as is_empty,
        made.year_month,
        made.iso_week,
        {%- for column in in_long_windows + in_middle_windows + in_no_window + ['engagement', 'points'] %}
        made.{{ column }},
        {%- endfor %}
        {%- for column in from_long_windows %}
        case when touched.days_back = 89 then made.{{ column }} else known.{{ column }} end as {{ column }},
        {%- endfor %}
        {%- for column in from_middle_windows %}
        case when touched.days_back >= 27 then made.{{ column }} else known.{{ column }} end as {{ column }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from touched
    left join made
        on touched.agent_id = made.agent_id
        and touched.work_date = made.work_date
    left join known
        on made.agent_id = known.agent_id
        and made.work_date = known.work_date
    where touched.is_gone or made.agent_id is not null
)
{%- else -%}
final as (
    select
        made.*,
        false as is_empty
    from made
)
{%- endif %}

select * from final
