-- Grain: one row per agent and day of the spine, with what each kind of record says about it, as numerators and
-- denominators. Handle time, quality and CSAT come from interactions, evaluations and surveys; where a day has none of
-- them, from the day records of its source; never from both. Every figure is cast: a sum is twice as wide on DuckDB, and the
-- rolling windows above pay for each bit of it.
with
spine as (
    select * from {{ ref('int_agent_spine') }}
),

interaction_days as (
    select * from {{ ref('int_interactions_by_agent_day') }}
    where not is_empty
),

score_days as (
    select
        scores.agent_id,
        scores.work_date,
        sum(case when scores.score_kind = 'quality' then scores.score end) as quality_sum,
        count(case when scores.score_kind = 'quality' then scores.score end) as quality_count,
        sum(case when scores.score_kind = 'csat' then scores.score end) as csat_sum,
        count(case when scores.score_kind = 'csat' then scores.score end) as csat_count
    from {{ ref('int_scores_resolved') }} as scores
    where scores.agent_id is not null
    group by scores.agent_id, scores.work_date
),

adherence_days as (
    select * from {{ ref('int_adherence_by_agent_day') }}
),

performance as (
    select
        days.*,
        days.interactions is not null and days.handle_seconds is not null as has_handle_time,
        days.scheduled_seconds is not null and days.adherent_seconds is not null as has_adherence
    from {{ ref('fct_performance_daily') }} as days
),

-- A record that gives only one part of its adherence says nothing about it, as an interval does; nor is a handle time known
-- of interactions without seconds, or of seconds without interactions. Its parts are of the same records.
performance_days as (
    select
        performance.agent_id,
        performance.work_date,
        sum(performance.interactions) as interactions,
        sum(case when performance.has_handle_time then performance.talk_seconds end) as talk_seconds,
        sum(case when performance.has_handle_time then performance.hold_seconds end) as hold_seconds,
        sum(case when performance.has_handle_time then performance.after_call_seconds end) as after_call_seconds,
        sum(case when performance.has_handle_time then performance.interactions end) as handle_count,
        sum(case when performance.has_handle_time then performance.handle_seconds end) as handle_seconds,
        sum(performance.quality_sum) as quality_sum,
        sum(performance.quality_count) as quality_count,
        sum(performance.csat_sum) as csat_sum,
        sum(performance.csat_count) as csat_count,
        sum(case when performance.has_adherence then performance.scheduled_seconds end) as scheduled_seconds,
        sum(case when performance.has_adherence then performance.adherent_seconds end) as adherent_seconds,
        max(case when performance.has_average_without_count then 1 else 0 end) = 1 as has_average_without_count
    from performance
    group by performance.agent_id, performance.work_date
),

engagement_days as (
    select * from {{ ref('int_engagement_by_agent_day') }}
),

shift_days as (
    select
        shifts.agent_id,
        shifts.work_date,
        count(case when not shifts.is_leave then 1 end) > 0 as is_scheduled,
        count(case when shifts.is_leave then 1 end) > 0 as has_leave
    from {{ ref('int_shifts') }} as shifts
    group by shifts.agent_id, shifts.work_date
),

-- A day on which nobody at all has an event is taken for a gap in the export, where somebody was scheduled.
days_with_events as (
    select distinct engagement_days.work_date
    from engagement_days
),

sources as (
    select
        agents.agent_id,
        max(loaded.loaded_until) as loaded_until,
        max(loaded.final_date) as final_date
    from {{ ref('dim_agent') }} as agents
    inner join {{ ref('int_sources_loaded') }} as loaded on agents.source = loaded.source
    group by agents.agent_id
),

described as (
    select * from {{ ref('int_agents_described') }}
),

gathered as (
    select
        spine.agent_id,
        spine.work_date,
        described.agent_key,
        spine.is_employed,
        coalesce(shift_days.is_scheduled, false) as is_scheduled,
        coalesce(shift_days.has_leave and not shift_days.is_scheduled, false) as is_on_leave,
        case
            when interaction_days.interactions > 0 then 'interactions'
            when performance_days.interactions is not null then 'performance_day'
        end as handle_basis,
        case
            when score_days.quality_count > 0 then 'evaluations'
            when performance_days.quality_count is not null then 'performance_day'
        end as quality_basis,
        case
            when score_days.csat_count > 0 then 'surveys'
            when performance_days.csat_count is not null then 'performance_day'
        end as csat_basis,
        case
            when adherence_days.scheduled_ms is not null then 'intervals'
            when performance_days.scheduled_seconds is not null then 'performance_day'
        end as adherence_basis,
        interaction_days.interactions as own_interactions,
        interaction_days.handle_count as own_handle_count,
        {{ from_milli('interaction_days.talk_ms') }} as own_talk_seconds,
        {{ from_milli('interaction_days.hold_ms') }} as own_hold_seconds,
        {{ from_milli('interaction_days.after_call_ms') }} as own_after_call_seconds,
        {{ from_milli('interaction_days.handle_ms') }} as own_handle_seconds,
        interaction_days.last_ended_at,
        score_days.quality_sum as own_quality_sum,
        score_days.quality_count as own_quality_count,
        score_days.csat_sum as own_csat_sum,
        score_days.csat_count as own_csat_count,
        {{ from_milli('adherence_days.scheduled_ms') }} as own_scheduled_seconds,
        {{ from_milli('adherence_days.adherent_ms') }} as own_adherent_seconds,
        performance_days.interactions as given_interactions,
        performance_days.handle_count as given_handle_count,
        performance_days.talk_seconds as given_talk_seconds,
        performance_days.hold_seconds as given_hold_seconds,
        performance_days.after_call_seconds as given_after_call_seconds,
        performance_days.handle_seconds as given_handle_seconds,
        performance_days.quality_sum as given_quality_sum,
        performance_days.quality_count as given_quality_count,
        performance_days.csat_sum as given_csat_sum,
        performance_days.csat_count as given_csat_count,
        performance_days.scheduled_seconds as given_scheduled_seconds,
        performance_days.adherent_seconds as given_adherent_seconds,
        coalesce(performance_days.has_average_without_count, false) as has_average_without_count,
        engagement_days.engagement_sum_ppm,
        coalesce(engagement_days.engagement_count, 0) as engagement_count,
        coalesce(engagement_days.overflow_count, 0) as overflow_count,
        coalesce(engagement_days.points_milli, 0) as points_milli,
        coalesce(engagement_days.event_count, 0) as event_count,
        days_with_events.work_date is not null as has_events_loaded,
        sources.loaded_until,
        spine.work_date <= sources.final_date as is_handle_final
    from spine
    left join described
        on spine.agent_id = described.agent_id
        and {{ add_seconds('cast(spine.work_date as ' ~ dbt.type_timestamp() ~ ')', hours(12)) }} >= described.starts_at
        and {{ add_seconds('cast(spine.work_date as ' ~ dbt.type_timestamp() ~ ')', hours(12)) }} < described.ends_at
    left join interaction_days
        on spine.agent_id = interaction_days.agent_id
        and spine.work_date = interaction_days.work_date
    left join score_days
        on spine.agent_id = score_days.agent_id
        and spine.work_date = score_days.work_date
    left join adherence_days
        on spine.agent_id = adherence_days.agent_id
        and spine.work_date = adherence_days.work_date
    left join performance_days
        on spine.agent_id = performance_days.agent_id
        and spine.work_date = performance_days.work_date
    left join engagement_days
        on spine.agent_id = engagement_days.agent_id
        and spine.work_date = engagement_days.work_date
    left join shift_days
        on spine.agent_id = shift_days.agent_id
        and spine.work_date = shift_days.work_date
    left join days_with_events on spine.work_date = days_with_events.work_date
    left join sources on spine.agent_id = sources.agent_id
),

final as (
    select
        gathered.agent_id,
        gathered.work_date,
        gathered.agent_key,
        gathered.is_employed,
        gathered.is_scheduled,
        gathered.is_on_leave,
        gathered.handle_basis,
        gathered.quality_basis,
        gathered.csat_basis,
        gathered.adherence_basis,
        gathered.has_average_without_count
        and 'performance_day' in (gathered.quality_basis, gathered.csat_basis) as has_average_without_count,
        cast(
            coalesce(
                case
                    when gathered.handle_basis = 'performance_day' then gathered.given_interactions
                    else gathered.own_interactions
                end, 0
            ) as bigint
        ) as interactions,
        cast(
            coalesce(
                case
                    when gathered.handle_basis = 'interactions' then gathered.own_handle_count
                    else gathered.given_handle_count
                end, 0
            ) as bigint
        ) as handle_count,
        cast(
            case
                when gathered.handle_basis = 'performance_day' then gathered.given_talk_seconds
                else gathered.own_talk_seconds
            end as numeric(18, 3)
        ) as talk_seconds,
        cast(
            case
                when gathered.handle_basis = 'performance_day' then gathered.given_hold_seconds
                else gathered.own_hold_seconds
            end as numeric(18, 3)
        ) as hold_seconds,
        cast(
            case
                when gathered.handle_basis = 'performance_day' then gathered.given_after_call_seconds
                else gathered.own_after_call_seconds
            end as numeric(18, 3)
        ) as after_call_seconds,
        cast(
            case
                when gathered.handle_basis = 'performance_day' then gathered.given_handle_seconds
                when gathered.handle_basis = 'interactions' then gathered.own_handle_seconds
                else cast(0 as numeric(18, 3))
            end as numeric(18, 3)
        ) as handle_seconds,
        cast(
            case
                when gathered.quality_basis = 'evaluations' then gathered.own_quality_sum
                else gathered.given_quality_sum
            end as numeric(18, 3)
        ) as quality_sum,
        cast(
            coalesce(
                case
                    when gathered.quality_basis = 'evaluations' then gathered.own_quality_count
                    else gathered.given_quality_count
                end, 0
            ) as bigint
        ) as quality_count,
        cast(
            case
                when gathered.csat_basis = 'surveys' then gathered.own_csat_sum
                else gathered.given_csat_sum
            end as numeric(18, 3)
        ) as csat_sum,
        cast(
            coalesce(
                case
                    when gathered.csat_basis = 'surveys' then gathered.own_csat_count
                    else gathered.given_csat_count
                end, 0
            ) as bigint
        ) as csat_count,
        cast(
            case
                when gathered.adherence_basis = 'intervals' then gathered.own_scheduled_seconds
                else gathered.given_scheduled_seconds
            end as numeric(18, 3)
        ) as scheduled_seconds,
        cast(
            case
                when gathered.adherence_basis = 'intervals' then gathered.own_adherent_seconds
                else gathered.given_adherent_seconds
            end as numeric(18, 3)
        ) as adherent_seconds,
        cast(gathered.engagement_sum_ppm as bigint) as engagement_sum_ppm,
        gathered.engagement_count,
        gathered.overflow_count,
        cast(gathered.points_milli as bigint) as points_milli,
        gathered.event_count,
        gathered.has_events_loaded,
        case when gathered.is_handle_final then 'final' else 'provisional' end as handle_state,
        case
            when gathered.loaded_until >= {{ add_seconds(
                'coalesce(gathered.last_ended_at, cast(gathered.work_date as ' ~ dbt.type_timestamp() ~ '))',
                hours(72),
            ) }} and gathered.is_handle_final then 'final'
            else 'provisional'
        end as quality_state
    from gathered
)

select * from final
