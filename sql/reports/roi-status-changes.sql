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
        lag(challenges.multiplier) over (partition by challenges.challenge_id order by challenges.valid_from)
            as old_multiplier,
        lag(challenges.points_per_unit) over (partition by challenges.challenge_id order by challenges.valid_from)
            as old_points_per_unit,
        lag(challenges.threshold) over (partition by challenges.challenge_id order by challenges.valid_from)
            as old_threshold,
        row_number() over (partition by challenges.challenge_id order by challenges.valid_from) as version_no
    from marts.dim_challenge as challenges
),

boosts as (
    select distinct
        challenges.challenge_id,
        'boost: ' || text_before(entries.reason, ':') as status,
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
        cast(states.changed_on as date) as changed_on,
        cast(null as double) as multiplier,
        cast(null as double) as old_multiplier,
        cast(null as double) as points_per_unit,
        cast(null as double) as old_points_per_unit,
        cast(null as double) as threshold,
        cast(null as double) as old_threshold
    from intermediate.int_challenge_states as states
    where states.status in ('active', 'paused', 'expired', 'retired')
    union all
    select
        versions.challenge_id,
        'terms' as kind,
        cast(null as varchar) as status,
        versions.changed_on,
        versions.multiplier,
        versions.old_multiplier,
        versions.points_per_unit,
        versions.old_points_per_unit,
        versions.threshold,
        versions.old_threshold
    from versions
    -- Told to the platform within the day, and told back by it: one change.
    left join boosts
        on versions.challenge_id = boosts.challenge_id
        and versions.multiplier = boosts.multiplier
        and versions.changed_on between boosts.changed_on and boosts.changed_on + 1
    where
        versions.version_no > 1
        and (
            versions.multiplier is distinct from versions.old_multiplier
            or versions.points_per_unit is distinct from versions.old_points_per_unit
            or versions.threshold is distinct from versions.old_threshold
        )
        and boosts.challenge_id is null
    union all
    select
        boosts.challenge_id,
        'terms' as kind,
        boosts.status,
        boosts.changed_on,
        null as multiplier,
        null as old_multiplier,
        null as points_per_unit,
        null as old_points_per_unit,
        null as threshold,
        null as old_threshold
    from boosts
),

numbered as (
    select
        all_changes.*,
        names.challenge_name,
        row_number() over (
            order by
                all_changes.changed_on desc,
                all_changes.challenge_id,
                all_changes.kind,
                all_changes.status nulls first,
                all_changes.multiplier nulls first,
                all_changes.points_per_unit nulls first,
                all_changes.threshold nulls first
        ) as change_no
    from all_changes
    inner join names on all_changes.challenge_id = names.challenge_id
    where all_changes.changed_on between cast($1 as date) and cast($2 as date)
),

changes as (
    select numbered.*
    from numbered
    where numbered.change_no <= 24
),

participants as (
    select distinct
        changes.change_no,
        events.agent_id
    from changes
    inner join marts.fct_gamification_event as events
        on changes.challenge_id = events.challenge_id
        and events.work_date between changes.changed_on - 28
        and changes.changed_on + case when changes.status = 'active' then 28 else 0 end
),

first_teams as (
    {first-teams}
),

-- An agent without a team is a group of one's own.
team_groups as (
    select
        people.agent_id,
        mod(dense_rank() over (order by coalesce(first_teams.team, cast(people.agent_id as varchar))), 100) as team_group
    from (select distinct participants.agent_id from participants) as people
    left join first_teams on people.agent_id = first_teams.agent_id
),

days as (
    select
        changes.change_no,
        participants.agent_id,
        days_between(changes.changed_on, agent_days.work_date) as day_offset,
        agent_days.engagement
    from changes
    inner join participants on changes.change_no = participants.change_no
    inner join marts.fct_agent_day as agent_days
        on participants.agent_id = agent_days.agent_id
        and agent_days.work_date between changes.changed_on - 14 and changes.changed_on + 28
    where agent_days.engagement is not null
),

befores as (
    select
        days.change_no,
        days.agent_id,
        avg(days.engagement) as level_before
    from days
    where days.day_offset < 0
    group by days.change_no, days.agent_id
    having count(*) >= 3
),

sums as (
    select
        days.change_no,
        days.day_offset,
        team_groups.team_group,
        count(*) as agents,
        cast(round(sum(days.engagement) * 1000000) as bigint) as engagement_ppm,
        count(befores.level_before) as compared_agents,
        coalesce(cast(round(sum(days.engagement - befores.level_before) * 1000000) as bigint), 0) as deviation_ppm
    from days
    inner join team_groups on days.agent_id = team_groups.agent_id
    left join befores on days.change_no = befores.change_no and days.agent_id = befores.agent_id
    group by days.change_no, days.day_offset, team_groups.team_group
)

select
    changes.*,
    sums.day_offset,
    sums.team_group,
    sums.agents,
    sums.engagement_ppm,
    sums.compared_agents,
    sums.deviation_ppm
from changes
inner join sums on changes.change_no = sums.change_no
order by changes.change_no, sums.day_offset, sums.team_group
