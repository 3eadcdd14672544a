-- Grain: one row per agent, work_date and challenge that has a part in that agent's day; the parts of a day sum to 1.
-- A day with credited actions is split as they are. A day without any belongs, in equal parts, to the challenges the
-- agent has taken part in whose effect window (until 14 days after the end) covers it: so the slump after a campaign is
-- booked to the campaign. One that runs again has a window for each time. What nothing claims goes to the row
-- `unattributed`.
{{ config(materialized='view') }}
with
agent_days as (
    select
        days.agent_id,
        days.work_date
    from {{ ref('fct_agent_day') }} as days
),

credits as (
    select * from {{ ref('int_gamification_events_credited') }}
    where not is_empty
),

states as (
    select * from {{ ref('int_challenge_states') }}
),

action_days as (
    select
        credits.agent_id,
        credits.credited_on as work_date,
        round(sum(credits.attribution_weight + credits.unattributed_weight)) as action_count
    from credits
    group by credits.agent_id, credits.credited_on
),

action_claims as (
    select
        credits.agent_id,
        credits.credited_on as work_date,
        credits.challenge_id,
        sum(credits.attribution_weight) as weighted_actions,
        sum(credits.equal_weight) as unweighted_actions
    from credits
    where credits.challenge_id is not null
    group by credits.agent_id, credits.credited_on, credits.challenge_id
),

-- A window closes where the next one of its challenge opens: a day lies in one at most.
effect_windows as (
    select
        states.challenge_id,
        states.changed_on as opens_on,
        states.ended_on as ends_on,
        lead(states.changed_on) over (
            partition by states.challenge_id
            order by states.changed_on, states.ended_on
        ) as opens_again_on
    from states
    where states.status = 'active'
),

participants as (
    select
        credits.agent_id,
        credits.challenge_id,
        min(credits.work_date) as takes_part_from
    from credits
    where credits.challenge_id is not null
    group by credits.agent_id, credits.challenge_id
),

quiet_days as (
    select
        agent_days.agent_id,
        agent_days.work_date
    from agent_days
    left join action_days
        on agent_days.agent_id = action_days.agent_id
        and agent_days.work_date = action_days.work_date
    where action_days.agent_id is null
),

quiet_claims as (
    select
        quiet_days.agent_id,
        quiet_days.work_date,
        participants.challenge_id,
        count(*) over (partition by quiet_days.agent_id, quiet_days.work_date) as claim_count
    from quiet_days
    inner join participants
        on quiet_days.agent_id = participants.agent_id
        and quiet_days.work_date >= participants.takes_part_from
    inner join effect_windows
        on participants.challenge_id = effect_windows.challenge_id
        and quiet_days.work_date >= effect_windows.opens_on
        and {{ add_days('quiet_days.work_date', -14) }} <= effect_windows.ends_on
        and (effect_windows.opens_again_on is null or quiet_days.work_date < effect_windows.opens_again_on)
),

shares as (
    select
        agent_days.agent_id,
        agent_days.work_date,
        action_claims.challenge_id,
        {{ as_float('action_claims.weighted_actions') }} / action_days.action_count as weighted_share,
        {{ as_float('action_claims.unweighted_actions') }} / action_days.action_count as unweighted_share
    from agent_days
    inner join action_days
        on agent_days.agent_id = action_days.agent_id
        and agent_days.work_date = action_days.work_date
    inner join action_claims
        on agent_days.agent_id = action_claims.agent_id
        and agent_days.work_date = action_claims.work_date
    union all
    select
        quiet_claims.agent_id,
        quiet_claims.work_date,
        quiet_claims.challenge_id,
        {{ as_float(1) }} / quiet_claims.claim_count as weighted_share,
        {{ as_float(1) }} / quiet_claims.claim_count as unweighted_share
    from quiet_claims
),

claimed as (
    select
        shares.agent_id,
        shares.work_date,
        sum(shares.weighted_share) as weighted_share,
        sum(shares.unweighted_share) as unweighted_share
    from shares
    group by shares.agent_id, shares.work_date
),

unclaimed as (
    select
        agent_days.agent_id,
        agent_days.work_date,
        {{ unattributed_challenge_id() }} as challenge_id,
        1.0 - coalesce(claimed.weighted_share, 0.0) as weighted_share,
        1.0 - coalesce(claimed.unweighted_share, 0.0) as unweighted_share
    from agent_days
    left join claimed
        on agent_days.agent_id = claimed.agent_id
        and agent_days.work_date = claimed.work_date
),

final as (
    select * from shares
    union all
    select * from unclaimed
    where unclaimed.weighted_share != 0.0 or unclaimed.unweighted_share != 0.0
)

select * from final
