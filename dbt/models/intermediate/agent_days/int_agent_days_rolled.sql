-- Grain: one row per agent and work_date of the roster, silent days included, with its rolling figures. A day that left the
-- roster stays as an empty row (is_empty).
-- Rolling figures look at dates, not rows; they are null when too few days were observed, or when less than 70 % of the
-- scheduled days of the window were loaded.
-- An incremental run asks int_agent_days itself what became different, not the change log: figures depend on nothing but
-- those rows, so what differs nowhere is right as it stands, whatever happened to the runs before.
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
with
agent_days as (
    select * from {{ ref('int_agent_days') }}
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
        end as days_on
    from agent_days
    full outer join known
        on agent_days.agent_id = known.agent_id
        and agent_days.work_date = known.work_date
    where {{ any_differs('agent_days', 'known', in_long_windows + in_middle_windows + in_no_window) }}
),

days_away as (
    select dates.day_no - 89 as days_away
    from {{ ref('dim_date') }} as dates
    where dates.day_no between 0 and 178
),

-- The days a difference reaches, and those that their windows look back upon.
around as (
    select
        differing.agent_id,
        {{ add_days('differing.work_date', 'days_away.days_away') }} as work_date,
        max(case when days_away.days_away >= 0 then 1 else 0 end) = 1 as is_touched
    from differing
    inner join days_away on differing.days_on >= days_away.days_away
    group by 1, 2
),

looked_at as (
    select
        agent_days.*,
        around.is_touched
    from agent_days
    inner join around
        on agent_days.agent_id = around.agent_id
        and agent_days.work_date = around.work_date
),

emptied as (
    select
        differing.agent_id,
        differing.work_date
    from differing
    where differing.is_gone
),
{%- else -%}
looked_at as (
    select
        agent_days.*,
        true as is_touched
    from agent_days
),

emptied as (
    select
        cast(null as {{ type_key() }}) as agent_id,
        cast(null as date) as work_date
    where false
),
{%- endif %}

dates as (
    select * from {{ ref('dim_date') }}
),

daily as (
    select
        looked_at.*,
        dates.day_no,
        dates.year_month,
        dates.iso_week,
        -- DuckDB's greatest passes over a null: without the case a day without a score would read as engagement 0.
        case
            when looked_at.engagement_count > 0
                then least(
                    1.0,
                    greatest(
                        0.0,
                        {{ as_float('looked_at.engagement_sum_ppm') }} / 1000000.0 / looked_at.engagement_count
                    )
                )
        end as engagement,
        case when looked_at.is_scheduled then 1 else 0 end as expected_day,
        case when looked_at.is_scheduled and looked_at.has_events_loaded then 1 else 0 end as loaded_day
    from looked_at
    inner join dates on looked_at.work_date = dates.date_day
),

rolling as (
    select
        daily.*,
        avg(daily.engagement) over {{ last_days(7) }} as engagement_mean_7d,
        count(daily.engagement) over {{ last_days(7) }} as engagement_7d_days,
        avg(daily.engagement) over {{ last_days(28) }} as engagement_mean_28d,
        stddev_samp(daily.engagement) over {{ last_days(28) }} as engagement_deviation_28d,
        count(daily.engagement) over {{ last_days(28) }} as engagement_28d_days,
        avg(daily.engagement) over {{ last_days(90) }} as engagement_mean_90d,
        count(daily.engagement) over {{ last_days(90) }} as engagement_90d_days,
        {{ as_float('sum(daily.loaded_day) over ' ~ last_days(7)) }}
        / nullif(sum(daily.expected_day) over {{ last_days(7) }}, 0)
            as coverage_7d,
        {{ as_float('sum(daily.loaded_day) over ' ~ last_days(28)) }}
        / nullif(sum(daily.expected_day) over {{ last_days(28) }}, 0)
            as coverage_28d,
        {{ as_float('sum(daily.loaded_day) over ' ~ last_days(90)) }}
        / nullif(sum(daily.expected_day) over {{ last_days(90) }}, 0)
            as coverage_90d,
        sum(daily.points_milli) over {{ last_days(7) }} as points_milli_7d,
        sum(daily.points_milli) over {{ last_days(28) }} as points_milli_28d,
        sum(daily.points_milli) over {{ last_days(90) }} as points_milli_90d,
        {{ as_float('sum(daily.handle_seconds) over ' ~ last_days(28)) }}
        / nullif(sum(daily.handle_count) over {{ last_days(28) }}, 0)
            as handle_seconds_mean_28d,
        count(case when daily.handle_count > 0 then 1 end) over {{ last_days(28) }} as handle_28d_days,
        {{ as_float('sum(daily.quality_sum) over ' ~ last_days(28)) }}
        / nullif(sum(daily.quality_count) over {{ last_days(28) }}, 0)
            as quality_mean_28d,
        sum(daily.quality_count) over {{ last_days(28) }} as quality_28d_count
    from daily
),

final as (
    select
        rolling.agent_id,
        rolling.agent_key,
        rolling.work_date,
        false as is_empty,
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
    where rolling.is_touched
    union all
    select
        emptied.agent_id,
        null as agent_key,
        emptied.work_date,
        true as is_empty,
        null as year_month,
        null as iso_week,
        null as is_employed,
        null as is_scheduled,
        null as is_on_leave,
        null as handle_basis,
        null as quality_basis,
        null as csat_basis,
        null as adherence_basis,
        null as has_average_without_count,
        null as handle_state,
        null as quality_state,
        null as interactions,
        null as handle_count,
        null as talk_seconds,
        null as hold_seconds,
        null as after_call_seconds,
        null as handle_seconds,
        null as quality_sum,
        null as quality_count,
        null as csat_sum,
        null as csat_count,
        null as scheduled_seconds,
        null as adherent_seconds,
        null as engagement_sum_ppm,
        null as engagement_count,
        null as overflow_count,
        null as engagement,
        null as points_milli,
        null as points,
        null as event_count,
        null as has_events_loaded,
        null as engagement_7d,
        null as engagement_7d_days_used,
        null as engagement_28d,
        null as engagement_28d_days_used,
        null as engagement_90d,
        null as engagement_90d_days_used,
        null as engagement_stability_28d,
        null as coverage_7d,
        null as coverage_28d,
        null as coverage_90d,
        null as points_7d,
        null as points_28d,
        null as points_90d,
        null as handle_seconds_per_interaction_28d,
        null as handle_28d_days_used,
        null as quality_28d,
        null as quality_28d_count
    from emptied
)

select * from final
