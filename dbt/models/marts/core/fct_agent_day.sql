-- Grain: one row per agent and work_date of the roster, silent days included.
-- Rolling figures look at dates, not rows; they are null when too few days were observed, or when less than 70 % of the
-- scheduled days of the window were loaded.
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
        case when agent_days.is_scheduled and agent_days.has_events_loaded then 1 else 0 end as loaded_day
    from agent_days
    inner join dates on agent_days.work_date = dates.date_day
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
        {{ from_milli('rolling.points_milli') }} as points,
        cast(rolling.event_count as bigint) as event_count,
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
)

select * from final
