-- Grain: one row per change of a challenge, group of teams and day from 14 before to 28 after it. Called by readStatusChanges.
-- The latest 24 changes between $1 and $2: of its status (but to draft), of its multiplier, points or threshold, or a boost in
-- gami's own ledger, whether or not the platform tells of it; $3 names one challenge as in roi-challenges. Measured
-- engagement of the agents with an event of the challenge in the 28 days before the change (of a challenge that becomes
-- active also after it), not smoothed; a deviation is against the agent's own mean of the 14 days before, where 3 of them
-- were observed. Teams are put into 100 groups at most.
with
names as (
    select
        challenges.challenge_id,
        max(challenges.challenge_name) as challenge_name
    from marts.dim_challenge as challenges
    where $3 = '' or cast(challenges.challenge_id as varchar) = $3 or challenges.challenge_native_id = $3
    group by challenges.challenge_id
),

versions as (
    select
        challenges.challenge_id,
        cast(challenges.valid_from as date) as changed_on,
        challenges.multiplier,
        challenges.points_per_unit,
        challenges.threshold,
        lag(challenges.multiplier) over by_challenge as old_multiplier,
        lag(challenges.points_per_unit) over by_challenge as old_points_per_unit,
        lag(challenges.threshold) over by_challenge as old_threshold,
        row_number() over by_challenge as version_no
    from marts.dim_challenge as challenges
    window by_challenge as (partition by challenges.challenge_id order by challenges.valid_from)
),

boosts as (
    select distinct
        challenges.challenge_id,
        'boost: ' || split_part(entries.reason, ':', 1) as status,
        entries.amount / 1000.0 as multiplier,
        cast(entries.occurred_at as date) as changed_on
    from raw.gami_ledger_entry as entries
    inner join marts.dim_challenge as challenges
        on entries.challenge_native_id = challenges.challenge_native_id
        -- Two platforms may call two challenges the same; entries approved before they named theirs have no source.
        and coalesce(entries.challenge_source, challenges.source) = challenges.source
    where
        entries.kind = 'adjustment'
        and entries.action = 'grant'
        and entries.superseded_seq is null
        and not entries.is_deleted
),

all_changes as (
    select
        states.challenge_id,
        'status' as kind,
        states.status,
        cast(states.changed_on as date) as changed_on
    from intermediate.int_challenge_states as states
    where states.status in ('active', 'paused', 'expired', 'retired')
    union all
    select
        versions.challenge_id,
        'terms' as kind,
        concat_ws(
            ', ',
            case when versions.multiplier is distinct from versions.old_multiplier
                then printf('multiplier %g to %g', versions.old_multiplier, versions.multiplier) end,
            case when versions.points_per_unit is distinct from versions.old_points_per_unit
                then printf('points per unit %g to %g', versions.old_points_per_unit, versions.points_per_unit) end,
            case when versions.threshold is distinct from versions.old_threshold
                then printf('threshold %g to %g', versions.old_threshold, versions.threshold) end
        ) as status,
        versions.changed_on
    from versions
    where
        versions.version_no > 1
        and (
            versions.multiplier is distinct from versions.old_multiplier
            or versions.points_per_unit is distinct from versions.old_points_per_unit
            or versions.threshold is distinct from versions.old_threshold
        )
        -- Told to the platform within the day, and told back by it: one change.
        and not exists (
            select 1
            from boosts
            where
                boosts.challenge_id = versions.challenge_id
                and boosts.multiplier = versions.multiplier
                and versions.changed_on between boosts.changed_on and boosts.changed_on + 1
        )
    union all
    select
        boosts.challenge_id,
        'terms' as kind,
        boosts.status,
        boosts.changed_on
    from boosts
),

changes as (
    select
        all_changes.*,
        names.challenge_name
    from all_changes
    inner join names on all_changes.challenge_id = names.challenge_id
    where all_changes.changed_on between cast($1 as date) and cast($2 as date)
    order by all_changes.changed_on desc, all_changes.challenge_id, all_changes.kind, all_changes.status
    limit 24
),

participants as (
    select distinct
        changes.challenge_id,
        changes.kind,
        changes.changed_on,
        events.agent_id
    from changes
    inner join marts.fct_gamification_event as events
        on changes.challenge_id = events.challenge_id
        and events.work_date between changes.changed_on - 28
        and changes.changed_on + case when changes.status = 'active' then 28 else 0 end
),

first_teams as (
    select
        agents.agent_id,
        -- Of a person with several accounts the first by source, as in dim_agent.
        arg_min(
            agents.source || ':' || coalesce(agents.team_id, agents.team_name),
            cast(agents.valid_from as varchar) || agents.source
        ) as team
    from marts.dim_agent as agents
    group by agents.agent_id
),

-- An agent without a team is a group of one's own.
groups as (
    select
        people.agent_id,
        dense_rank() over (order by coalesce(first_teams.team, cast(people.agent_id as varchar))) % 100 as team_group
    from (select distinct participants.agent_id from participants) as people
    left join first_teams on people.agent_id = first_teams.agent_id
),

days as (
    select
        changes.challenge_id,
        changes.challenge_name,
        changes.kind,
        changes.status,
        changes.changed_on,
        participants.agent_id,
        date_diff('day', changes.changed_on, agent_days.work_date) as day_offset,
        agent_days.engagement
    from changes
    inner join participants
        on changes.challenge_id = participants.challenge_id
        and changes.kind = participants.kind
        and changes.changed_on = participants.changed_on
    inner join marts.fct_agent_day as agent_days
        on participants.agent_id = agent_days.agent_id
        and agent_days.work_date between changes.changed_on - 14 and changes.changed_on + 28
    where agent_days.engagement is not null
),

levels as (
    select
        days.*,
        case
            when count(case when days.day_offset < 0 then 1 end) over by_agent >= 3
                then avg(case when days.day_offset < 0 then days.engagement end) over by_agent
        end as level_before
    from days
    window by_agent as (partition by days.challenge_id, days.kind, days.status, days.changed_on, days.agent_id)
)

select
    levels.challenge_id,
    levels.challenge_name,
    levels.kind,
    levels.status,
    levels.changed_on,
    levels.day_offset,
    groups.team_group,
    count(*) as agents,
    cast(round(sum(levels.engagement) * 1000000) as bigint) as engagement_ppm,
    count(levels.level_before) as compared_agents,
    coalesce(cast(round(sum(levels.engagement - levels.level_before) * 1000000) as bigint), 0) as deviation_ppm
from levels
inner join groups on levels.agent_id = groups.agent_id
group by
    levels.challenge_id, levels.challenge_name, levels.kind, levels.status, levels.changed_on, levels.day_offset,
    groups.team_group
order by levels.changed_on desc, levels.challenge_id, levels.kind, levels.status, levels.day_offset, groups.team_group
