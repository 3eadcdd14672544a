-- Grain: one row per source, agent and work_date as delivered by sources that give days only.
-- Who the agent was is taken as of noon UTC of that day.
with
days as (
    select * from {{ as_of('performance_day') }}
),

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

final as (
    select
        days.business_key as performance_key,
        agent_spans.agent_id,
        agent_spans.agent_key,
        days.source,
        days.work_date,
        days.interactions,
        {{ from_milli('days.talk_ms') }} as talk_seconds,
        {{ from_milli('days.hold_ms') }} as hold_seconds,
        {{ from_milli('days.after_call_ms') }} as after_call_seconds,
        {{ from_milli('days.handle_ms') }} as handle_seconds,
        {{ from_milli('days.quality_sum_milli') }} as quality_sum,
        case when days.quality_sum_milli is not null then coalesce(days.quality_count, 1) end as quality_count,
        {{ from_milli('days.csat_sum_milli') }} as csat_sum,
        case when days.csat_sum_milli is not null then coalesce(days.csat_count, 1) end as csat_count,
        {{ from_milli('days.scheduled_ms') }} as scheduled_seconds,
        {{ from_milli('days.adherent_ms') }} as adherent_seconds,
        (days.quality_sum_milli is not null and days.quality_count is null)
        or (days.csat_sum_milli is not null and days.csat_count is null) as has_average_without_count
    from days
    inner join agent_spans
        on days.subject_id = agent_spans.subject_id
        and {{ add_seconds('days.event_at', hours(12)) }} >= agent_spans.starts_at
        and {{ add_seconds('days.event_at', hours(12)) }} < agent_spans.ends_at
)

select * from final
