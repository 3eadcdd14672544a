with
agent_months as (
    select * from {{ ref('fct_agent_month') }}
),

agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

credits as (
    select * from {{ ref('int_credits_by_challenge_month') }}
),

effects as (
    select * from {{ ref('int_effects_by_agent_day') }}
),

costs as (
    select * from {{ ref('int_costs_by_challenge_month') }}
),

turnover as (
    select * from {{ ref('int_turnover_by_agent_month') }}
),

stability as (
    select * from {{ ref('int_stability_by_month') }}
),

settings as (
    select * from {{ ref('int_finance_settings') }}
),

month_days as (
    select
        agent_days.year_month,
        min(agent_days.work_date) as first_date,
        cast({{ dbt.date_trunc('month', 'min(agent_days.work_date)') }} as date) as month_start_date
    from agent_days
    group by agent_days.year_month
),

months_in_order as (
    select
        month_days.*,
        lag(month_days.month_start_date) over (order by month_days.month_start_date) as month_before
    from month_days
),

-- The first month loaded may begin in its middle, and so may the first after a pause: its first day stands for the start.
month_starts as (
    select
        months_in_order.year_month,
        case
            when
                cast({{ dbt.dateadd('month', 1, 'months_in_order.month_before') }} as date)
                = months_in_order.month_start_date
                then months_in_order.month_start_date
            else months_in_order.first_date
        end as start_date
    from months_in_order
),

employed_at_start as (
    select
        agent_days.agent_id,
        agent_days.year_month
    from agent_days
    inner join month_starts
        on agent_days.year_month = month_starts.year_month
        and agent_days.work_date = month_starts.start_date
    where agent_days.is_employed
),

-- Engagement is averaged per agent first, over those employed when the month began: the busy do not count twice,
-- and who leaves during the month stays in.
people as (
    select
        agent_months.year_month,
        count(case when agent_months.employed_days > 0 or agent_months.interactions > 0 then 1 end) as agents_employed,
        count(employed_at_start.agent_id) as agents_employed_at_start,
        avg(case when employed_at_start.agent_id is not null then agent_months.engagement end) as engagement,
        count(case when employed_at_start.agent_id is not null then agent_months.engagement end)
            as agents_with_engagement,
        {{ as_float('sum(agent_months.quality_sum)') }} / nullif(sum(agent_months.quality_count), 0) as quality,
        coalesce(sum(agent_months.quality_count), 0) as quality_count,
        sum(agent_months.interactions) as contacts,
        sum(agent_months.handle_count) as handle_count,
        coalesce(sum(agent_months.handle_seconds), 0) as handle_seconds
    from agent_months
    left join employed_at_start
        on agent_months.agent_id = employed_at_start.agent_id
        and agent_months.year_month = employed_at_start.year_month
    where agent_months.employed_days > 0 or agent_months.interactions > 0 or agent_months.quality_count > 0
    group by agent_months.year_month
),

active as (
    select
        agent_days.year_month,
        count(distinct agent_days.agent_id) as active_agents
    from agent_days
    where agent_days.event_count > 0
    group by agent_days.year_month
),

credit_months as (
    select
        credits.year_month,
        sum(credits.event_count) as event_count,
        sum(credits.point_event_count) as point_event_count,
        sum(credits.badge_count) as badge_count,
        sum(credits.actions_credited) as actions_credited,
        sum(credits.points_paid_milli) as points_paid_milli,
        sum(credits.points_credited_milli) as points_credited_milli,
        sum(
            case
                when credits.challenge_id = {{ unattributed_challenge_id() }} then credits.points_credited_milli
                else 0.0
            end
        ) as points_unattributed_milli,
        sum(
            case
                when credits.challenge_id = {{ unattributed_challenge_id() }}
                    then credits.points_credited_unweighted_milli
                else 0.0
            end
        ) as points_unattributed_unweighted_milli
    from credits
    group by credits.year_month
),

effect_months as (
    select
        effects.year_month,
        count(*) as enrolled_agent_days,
        count(distinct effects.agent_id) as enrolled_agents,
        count(distinct case when effects.compared_contacts > 0 then effects.agent_id end) as compared_agents,
        coalesce(sum(effects.compared_contacts), 0) as compared_contacts,
        {{ as_float('sum(effects.handle_seconds_saved)') }} / 3600 as handle_hours_saved,
        sum(effects.quality_points_gained) as quality_agent_months_gained,
        count(case when effects.days_since_enrolment <= 13 then 1 end) as operational_agent_days,
        {{ as_float('sum(case when effects.days_since_enrolment <= 13 then effects.handle_seconds_saved end)') }} / 3600
            as operational_hours_saved
    from effects
    group by effects.year_month
),

cost_months as (
    select
        costs.year_month,
        {% for kind in cost_kinds() -%}
        sum(costs.{{ kind }}_cost_minor) as {{ kind }}_cost_minor,
        {% endfor -%}
        sum(costs.cost_minor) as cost_minor
    from costs
    group by costs.year_month
),

turnover_months as (
    select
        turnover.year_month,
        count(case when turnover.threshold_name = 'risk' then 1 end) as risk_agents,
        sum(case when turnover.threshold_name = 'risk' then turnover.risk_exposure * turnover.employed_fraction end)
        / sum(case when turnover.threshold_name = 'risk' then turnover.employed_fraction end) as risk_exposure,
        sum(case when turnover.threshold_name = 'risk' then turnover.leave_probability end) as expected_leavers,
        sum(case when turnover.threshold_name = 'risk' then turnover.risk_cost_minor end) as risk_cost_minor,
        sum(case when turnover.threshold_name = 'trigger' then turnover.risk_cost_minor end)
            as risk_cost_at_trigger_minor,
        sum(case when turnover.threshold_name = 'risk_cost' then turnover.risk_cost_minor end)
            as risk_cost_at_risk_cost_threshold_minor
    from turnover
    group by turnover.year_month
),

keys as (
    select people.year_month from people
    union distinct
    select credit_months.year_month from credit_months
    union distinct
    select cost_months.year_month from cost_months
    union distinct
    select effect_months.year_month from effect_months
    union distinct
    select turnover_months.year_month from turnover_months
    union distinct
    select stability.year_month from stability
),

measured as (
    select
        keys.year_month,
        coalesce(people.agents_employed, 0) as agents_employed,
        coalesce(people.agents_employed_at_start, 0) as agents_employed_at_start,
        coalesce(active.active_agents, 0) as active_agents,
        coalesce(effect_months.enrolled_agents, 0) as enrolled_agents,
        people.engagement,
        coalesce(people.agents_with_engagement, 0) as agents_with_engagement,
        people.quality,
        cast(coalesce(people.quality_count, 0) as bigint) as quality_count,
        cast(coalesce(people.contacts, 0) as bigint) as contacts,
        cast(coalesce(people.handle_count, 0) as bigint) as handle_count,
        cast(coalesce(people.handle_seconds, 0) as numeric(18, 3)) as handle_seconds,
        cast(coalesce(credit_months.event_count, 0) as bigint) as event_count,
        cast(coalesce(credit_months.point_event_count, 0) as bigint) as point_event_count,
        cast(coalesce(credit_months.badge_count, 0) as bigint) as badge_count,
        coalesce(credit_months.actions_credited, 0.0) as actions_credited,
        {{ from_milli('coalesce(credit_months.points_paid_milli, 0)') }} as points_paid,
        {{ as_float('coalesce(credit_months.points_credited_milli, 0.0)') }} / 1000.0 as points_credited,
        {{ as_float('coalesce(credit_months.points_unattributed_milli, 0.0)') }} / 1000.0 as points_unattributed,
        {{ as_float('coalesce(credit_months.points_unattributed_unweighted_milli, 0.0)') }} / 1000.0
            as points_unattributed_unweighted,
        coalesce(effect_months.enrolled_agent_days, 0) as enrolled_agent_days,
        coalesce(effect_months.compared_agents, 0) as compared_agents,
        cast(coalesce(effect_months.compared_contacts, 0) as bigint) as compared_contacts,
        effect_months.handle_hours_saved,
        effect_months.quality_agent_months_gained,
        coalesce(effect_months.operational_agent_days, 0) as operational_agent_days,
        effect_months.operational_hours_saved,
        {% for kind in cost_kinds() -%}
        cast(coalesce(cost_months.{{ kind }}_cost_minor, 0) as bigint) as {{ kind }}_cost_minor,
        {% endfor -%}
        cast(coalesce(cost_months.cost_minor, 0) as bigint) as cost_minor,
        coalesce(stability.agents, 0) as stability_agents,
        stability.leavers as stability_leavers,
        stability.expected_leavers as stability_expected_leavers,
        stability.cost_minor as stability_cost_minor,
        (stability.expected_leavers - stability.leavers) * settings.replacement_cost_minor
            as stability_benefit_minor,
        coalesce(turnover_months.risk_agents, 0) as risk_agents,
        turnover_months.risk_exposure,
        turnover_months.expected_leavers,
        turnover_months.risk_cost_minor,
        turnover_months.risk_cost_at_trigger_minor,
        turnover_months.risk_cost_at_risk_cost_threshold_minor,
        settings.currency,
        settings.loaded_rate_minor_per_hour * settings.realisation as value_minor_per_hour,
        settings.value_per_quality_point_minor,
        settings.monthly_attrition,
        settings.replacement_cost_minor
    from keys
    cross join settings
    left join people on keys.year_month = people.year_month
    left join active on keys.year_month = active.year_month
    left join credit_months on keys.year_month = credit_months.year_month
    left join effect_months on keys.year_month = effect_months.year_month
    left join cost_months on keys.year_month = cost_months.year_month
    left join turnover_months on keys.year_month = turnover_months.year_month
    left join stability on keys.year_month = stability.year_month
),

valued as (
    select
        measured.*,
        measured.handle_hours_saved * measured.value_minor_per_hour as handle_benefit_minor,
        coalesce(measured.quality_agent_months_gained, 0.0) * measured.value_per_quality_point_minor
            as quality_benefit_minor,
        measured.operational_hours_saved * measured.value_minor_per_hour as operational_benefit_minor,
        measured.cost_minor * measured.operational_agent_days
        / cast(nullif(measured.enrolled_agent_days, 0) as {{ dbt.type_float() }}) as operational_cost_minor,
        {{ handle_reason('measured') }} as handle_reason,
        case
            when measured.agents_with_engagement = 0
                then 'no agent employed at the start of the month has an engagement score'
        end as engagement_reason,
        case when measured.quality_count = 0 then 'no evaluation in this month' end as quality_reason,
        case
            when measured.risk_agents = 0 then 'no agent has 3 days with an engagement score within 7 days'
            when measured.monthly_attrition is null then 'the setting monthly_attrition_ppm is missing'
            when measured.replacement_cost_minor is null then 'the setting replacement_cost_minor is missing'
        end as risk_reason,
        case
            when measured.stability_agents = 0 then 'no enrolled agent reached 90 days of follow-up in this month'
            when measured.monthly_attrition is null then 'the setting monthly_attrition_ppm is missing'
            when measured.replacement_cost_minor is null then 'the setting replacement_cost_minor is missing'
        end as stability_missing
    from measured
),

totalled as (
    select
        valued.*,
        {{ operational_handle_reason('valued') }} as operational_handle_reason,
        valued.handle_benefit_minor + valued.quality_benefit_minor as benefit_minor
    from valued
),

final as (
    select
        totalled.year_month,
        'gamification' as programme,
        totalled.agents_employed_at_start,
        totalled.agents_employed,
        totalled.active_agents,
        totalled.enrolled_agents,
        totalled.engagement,
        totalled.agents_with_engagement,
        totalled.engagement_reason,
        totalled.quality,
        totalled.quality_count,
        totalled.quality_reason,
        totalled.contacts,
        totalled.handle_count,
        totalled.handle_seconds,
        {{ as_float('totalled.handle_seconds') }} / nullif(totalled.handle_count, 0) as handle_seconds_per_contact,
        totalled.event_count,
        totalled.point_event_count,
        totalled.badge_count,
        totalled.actions_credited,
        totalled.points_paid,
        totalled.points_credited,
        totalled.points_unattributed,
        totalled.points_unattributed_unweighted,
        totalled.enrolled_agent_days,
        totalled.compared_agents,
        totalled.compared_contacts,
        totalled.handle_hours_saved,
        totalled.handle_benefit_minor,
        totalled.handle_reason,
        totalled.quality_agent_months_gained,
        totalled.quality_benefit_minor,
        totalled.benefit_minor,
        totalled.currency,
        {% for kind in cost_kinds() -%}
        totalled.{{ kind }}_cost_minor,
        {% endfor -%}
        totalled.cost_minor,
        totalled.benefit_minor - totalled.cost_minor as net_minor,
        {{ as_float('totalled.benefit_minor') }} / nullif(totalled.cost_minor, 0) as benefit_cost_ratio,
        {{ roi_ratio('totalled.benefit_minor', 'totalled.cost_minor') }} as roi,
        {{ roi_reason('totalled.benefit_minor', 'totalled.cost_minor', 'totalled.handle_reason') }} as roi_reason,
        'associational' as evidence,
        totalled.operational_agent_days,
        totalled.operational_hours_saved,
        totalled.operational_benefit_minor,
        totalled.operational_cost_minor,
        {{ roi_ratio('totalled.operational_benefit_minor', 'totalled.operational_cost_minor') }} as operational_roi,
        case
            when totalled.operational_agent_days = 0 then 'no agent is in the first 14 days after enrolment'
            else {{ roi_reason(
                'totalled.operational_benefit_minor',
                'totalled.operational_cost_minor',
                'totalled.operational_handle_reason'
            ) }}
        end as operational_reason,
        totalled.stability_agents,
        totalled.stability_leavers,
        totalled.stability_expected_leavers,
        totalled.stability_benefit_minor,
        totalled.stability_cost_minor,
        {{ roi_ratio('totalled.stability_benefit_minor', 'totalled.stability_cost_minor') }} as stability_roi,
        coalesce(
            totalled.stability_missing,
            {{ roi_reason(
                'totalled.stability_benefit_minor', 'totalled.stability_cost_minor', 'totalled.stability_missing'
            ) }}
        ) as stability_reason,
        totalled.risk_agents,
        totalled.risk_exposure,
        totalled.expected_leavers as modelled_leavers,
        totalled.risk_cost_minor as modelled_risk_cost_minor,
        totalled.risk_cost_at_trigger_minor as modelled_risk_cost_at_trigger_minor,
        totalled.risk_cost_at_risk_cost_threshold_minor as modelled_risk_cost_at_cost_threshold_minor,
        totalled.risk_reason
    from totalled
)

select * from final
