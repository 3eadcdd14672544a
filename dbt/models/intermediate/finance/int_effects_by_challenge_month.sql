-- Grain: one row per year_month and challenge (`unattributed` included) with a part in some agent's day.
-- Effects of a day are split by the shares of the day at full weight, gains and losses alike; so the challenges add up
-- to the programme.
with
shares as (
    select * from {{ ref('int_challenge_shares_by_agent_day') }}
),

effects as (
    select * from {{ ref('int_effects_by_agent_day') }}
),

agent_days as (
    select * from {{ ref('fct_agent_day') }}
),

states as (
    select * from {{ ref('int_challenge_states') }}
),

launches as (
    select
        states.challenge_id,
        min(states.changed_on) as launched_on
    from states
    where states.status = 'active'
    group by states.challenge_id
),

parts as (
    select
        shares.challenge_id,
        shares.agent_id,
        agent_days.year_month,
        shares.weighted_share,
        shares.unweighted_share,
        agent_days.engagement,
        case when effects.agent_id is not null then shares.weighted_share else 0.0 end as enrolled_share,
        case
            when {{ dbt.datediff('launches.launched_on', 'shares.work_date', 'day') }} between 0 and 13
                then shares.weighted_share
            else 0.0
        end as operational_share,
        effects.compared_contacts,
        effects.handle_seconds_saved,
        effects.quality_points_gained
    from shares
    inner join agent_days
        on shares.agent_id = agent_days.agent_id
        and shares.work_date = agent_days.work_date
    left join effects
        on shares.agent_id = effects.agent_id
        and shares.work_date = effects.work_date
    left join launches on shares.challenge_id = launches.challenge_id
),

agent_months as (
    select
        parts.year_month,
        parts.challenge_id,
        parts.agent_id,
        avg(parts.engagement) as engagement
    from parts
    group by parts.year_month, parts.challenge_id, parts.agent_id
),

engagement_months as (
    select
        agent_months.year_month,
        agent_months.challenge_id,
        avg(agent_months.engagement) as engagement,
        count(agent_months.engagement) as agents_with_engagement
    from agent_months
    group by agent_months.year_month, agent_months.challenge_id
),

effect_months as (
    select
        parts.year_month,
        parts.challenge_id,
        sum(parts.weighted_share) as agent_days,
        sum(parts.enrolled_share) as enrolled_agent_days,
        sum(parts.operational_share) as operational_agent_days,
        coalesce(sum(parts.compared_contacts * parts.weighted_share), 0.0) as compared_contacts,
        {{ as_float('sum(parts.handle_seconds_saved * parts.weighted_share)') }} / 3600 as handle_hours_saved,
        {{ as_float('sum(parts.handle_seconds_saved * parts.unweighted_share)') }} / 3600
            as handle_hours_saved_unweighted,
        {{ as_float('sum(parts.handle_seconds_saved * parts.operational_share)') }} / 3600 as operational_hours_saved,
        sum(parts.quality_points_gained * parts.weighted_share) as quality_agent_months_gained,
        sum(parts.quality_points_gained * parts.unweighted_share) as quality_agent_months_gained_unweighted
    from parts
    group by parts.year_month, parts.challenge_id
),

final as (
    select
        effect_months.*,
        engagement_months.engagement,
        engagement_months.agents_with_engagement
    from effect_months
    inner join engagement_months
        on effect_months.year_month = engagement_months.year_month
        and effect_months.challenge_id = engagement_months.challenge_id
)

select * from final
