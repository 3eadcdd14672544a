with
credits as (
    select * from {{ ref('int_credits_by_challenge_month') }}
),

effects as (
    select * from {{ ref('int_effects_by_challenge_month') }}
),

costs as (
    select * from {{ ref('int_costs_by_challenge_month') }}
),

challenges as (
    select * from {{ ref('int_challenges') }}
),

settings as (
    select * from {{ ref('int_finance_settings') }}
),

keys as (
    select
        credits.year_month,
        credits.challenge_id
    from credits
    union distinct
    select
        effects.year_month,
        effects.challenge_id
    from effects
    union distinct
    select
        costs.year_month,
        costs.challenge_id
    from costs
),

measured as (
    select
        keys.year_month,
        keys.challenge_id,
        coalesce(challenges.challenge_name, 'Unattributed') as challenge_name,
        challenges.challenge_id is null as is_unattributed,
        coalesce(credits.active_agents, 0) as active_agents,
        effects.engagement,
        coalesce(effects.agents_with_engagement, 0) as agents_with_engagement,
        coalesce(credits.event_count, 0) as event_count,
        coalesce(credits.point_event_count, 0) as point_event_count,
        coalesce(credits.badge_count, 0) as badge_count,
        coalesce(credits.actions_credited, 0.0) as actions_credited,
        coalesce(credits.actions_credited_unweighted, 0.0) as actions_credited_unweighted,
        {{ from_milli('coalesce(credits.points_paid_milli, 0)') }} as points_paid,
        {{ as_float('coalesce(credits.points_credited_milli, 0.0)') }} / 1000.0 as points_credited,
        {{ as_float('coalesce(credits.points_credited_unweighted_milli, 0.0)') }} / 1000.0
            as points_credited_unweighted,
        coalesce(effects.agent_days, 0.0) as agent_days,
        coalesce(effects.enrolled_agent_days, 0.0) as enrolled_agent_days,
        coalesce(effects.compared_contacts, 0.0) as compared_contacts,
        effects.handle_hours_saved,
        effects.handle_hours_saved_unweighted,
        effects.quality_agent_months_gained,
        settings.loaded_rate_minor_per_hour * settings.realisation as value_minor_per_hour,
        settings.value_per_quality_point_minor,
        settings.currency,
        coalesce(costs.reward_cost_minor, 0) as reward_cost_minor,
        coalesce(costs.licence_cost_minor, 0) as licence_cost_minor,
        coalesce(costs.admin_cost_minor, 0) as admin_cost_minor,
        coalesce(costs.agent_time_cost_minor, 0) as agent_time_cost_minor,
        coalesce(costs.liability_change_cost_minor, 0) as liability_change_cost_minor,
        coalesce(costs.direct_cost_minor, 0) as direct_cost_minor,
        coalesce(costs.shared_cost_minor, 0) as shared_cost_minor,
        coalesce(costs.cost_minor, 0) as cost_minor,
        coalesce(effects.operational_agent_days, 0.0) as operational_agent_days,
        effects.operational_hours_saved
    from keys
    cross join settings
    left join challenges on keys.challenge_id = challenges.challenge_id
    left join credits
        on keys.year_month = credits.year_month
        and keys.challenge_id = credits.challenge_id
    left join effects
        on keys.year_month = effects.year_month
        and keys.challenge_id = effects.challenge_id
    left join costs
        on keys.year_month = costs.year_month
        and keys.challenge_id = costs.challenge_id
),

valued as (
    select
        measured.*,
        measured.handle_hours_saved * measured.value_minor_per_hour as handle_benefit_minor,
        measured.handle_hours_saved_unweighted * measured.value_minor_per_hour as handle_benefit_unweighted_minor,
        coalesce(measured.quality_agent_months_gained, 0.0) * measured.value_per_quality_point_minor
            as quality_benefit_minor,
        measured.operational_hours_saved * measured.value_minor_per_hour as operational_benefit_minor,
        measured.cost_minor * measured.operational_agent_days / nullif(measured.agent_days, 0.0)
            as operational_cost_minor,
        {{ handle_reason('measured') }} as handle_reason
    from measured
),

totalled as (
    select
        valued.*,
        {{ operational_handle_reason('valued') }} as operational_handle_reason,
        valued.handle_benefit_minor + valued.quality_benefit_minor as benefit_minor,
        valued.handle_benefit_unweighted_minor + valued.quality_benefit_minor as benefit_unweighted_minor
    from valued
),

final as (
    select
        totalled.year_month,
        totalled.challenge_id,
        totalled.challenge_name,
        totalled.is_unattributed,
        totalled.active_agents,
        totalled.engagement,
        totalled.agents_with_engagement,
        totalled.event_count,
        totalled.point_event_count,
        totalled.badge_count,
        totalled.actions_credited,
        totalled.actions_credited_unweighted,
        totalled.points_paid,
        totalled.points_credited,
        totalled.points_credited_unweighted,
        totalled.agent_days,
        totalled.enrolled_agent_days,
        totalled.compared_contacts,
        totalled.handle_hours_saved,
        totalled.handle_hours_saved_unweighted,
        totalled.handle_benefit_minor,
        totalled.handle_reason,
        totalled.quality_agent_months_gained,
        totalled.quality_benefit_minor,
        totalled.benefit_minor,
        totalled.benefit_unweighted_minor,
        totalled.currency,
        totalled.reward_cost_minor,
        totalled.licence_cost_minor,
        totalled.admin_cost_minor,
        totalled.agent_time_cost_minor,
        totalled.liability_change_cost_minor,
        totalled.direct_cost_minor,
        totalled.shared_cost_minor,
        totalled.cost_minor,
        totalled.benefit_minor - totalled.cost_minor as net_minor,
        {{ roi_ratio('totalled.benefit_minor', 'totalled.cost_minor') }} as roi,
        {{ roi_ratio('totalled.benefit_unweighted_minor', 'totalled.cost_minor') }} as roi_unweighted,
        {{ roi_reason('totalled.benefit_minor', 'totalled.cost_minor', 'totalled.handle_reason') }} as roi_reason,
        'associational' as evidence,
        totalled.operational_agent_days,
        totalled.operational_hours_saved,
        totalled.operational_benefit_minor,
        totalled.operational_cost_minor,
        {{ roi_ratio('totalled.operational_benefit_minor', 'totalled.operational_cost_minor') }} as operational_roi,
        case
            when totalled.operational_agent_days = 0
                then 'no agent-day in the first 14 days of the challenge'
            else {{ roi_reason(
                'totalled.operational_benefit_minor',
                'totalled.operational_cost_minor',
                'totalled.operational_handle_reason'
            ) }}
        end as operational_reason
    from totalled
)

select * from final
