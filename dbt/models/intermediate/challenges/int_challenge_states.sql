-- Grain: one row per challenge and span [valid_from, valid_to) in which its status does not change.
-- A source's own status changes win. Where they are silent the plan speaks: active from starts_at, expired from ends_at; a
-- plan that ends before it has begun, or as it begins, is never active.
-- Before the first thing known a challenge with a planned start is a draft; one without is taken to have always run.
{{ config(post_hook=["{{ mark_applied('int_challenge_states', ['int_challenges']) }}"]) }}
with
challenges as (
    select * from {{ ref('int_challenges') }}
),

stated as (
    select
        challenges.challenge_id,
        status_changes.effective_at as changed_at,
        status_changes.status,
        challenges.starts_at,
        challenges.ends_at
    from {{ as_of('challenge_status') }} as status_changes
    inner join challenges
        on status_changes.source = challenges.source
        and status_changes.challenge_native_id = challenges.challenge_native_id
),

stated_at_the_edges as (
    select
        stated.challenge_id,
        min(stated.changed_at) as first_changed_at,
        max(case when stated.changed_at <= stated.starts_at then stated.changed_at end) as last_before_start_at,
        max(case when stated.changed_at <= stated.ends_at then stated.changed_at end) as last_before_end_at
    from stated
    group by stated.challenge_id
),

status_at_the_edges as (
    select
        edges.challenge_id,
        edges.last_before_start_at,
        edges.last_before_end_at,
        max(case when stated.changed_at = edges.first_changed_at then stated.status end) as first_status,
        max(case when stated.changed_at = edges.last_before_end_at then stated.status end) as status_at_end
    from stated_at_the_edges as edges
    inner join stated on edges.challenge_id = stated.challenge_id
    group by edges.challenge_id, edges.last_before_start_at, edges.last_before_end_at
),

implied as (
    select
        challenges.challenge_id,
        {{ beginning_of_time() }} as changed_at,
        case
            when challenges.starts_at is not null then 'draft'
            when edges.first_status = 'draft' then 'draft'
            else 'active'
        end as status
    from challenges
    left join status_at_the_edges as edges on challenges.challenge_id = edges.challenge_id
    union all
    select
        challenges.challenge_id,
        challenges.starts_at as changed_at,
        'active' as status
    from challenges
    left join status_at_the_edges as edges on challenges.challenge_id = edges.challenge_id
    where
        challenges.starts_at is not null
        and (challenges.ends_at is null or challenges.ends_at > challenges.starts_at)
        and edges.last_before_start_at is null
    union all
    select
        challenges.challenge_id,
        challenges.ends_at as changed_at,
        'expired' as status
    from challenges
    left join status_at_the_edges as edges on challenges.challenge_id = edges.challenge_id
    where challenges.ends_at is not null and coalesce(edges.status_at_end, 'active') = 'active'
),

changes as (
    select
        stated.challenge_id,
        stated.changed_at,
        stated.status,
        false as is_implied
    from stated
    union all
    select
        implied.challenge_id,
        implied.changed_at,
        implied.status,
        true as is_implied
    from implied
    left join stated
        on implied.challenge_id = stated.challenge_id
        and implied.changed_at = stated.changed_at
    where stated.challenge_id is null
),

changes_with_previous as (
    select
        changes.*,
        lag(changes.status) over (
            partition by changes.challenge_id
            order by changes.changed_at
        ) as previous_status
    from changes
),

-- A status that is only repeated does not start its decay again.
real_changes as (
    select
        changes_with_previous.*,
        lead(changes_with_previous.changed_at) over (
            partition by changes_with_previous.challenge_id
            order by changes_with_previous.changed_at
        ) as next_changed_at
    from changes_with_previous
    where
        changes_with_previous.previous_status is null
        or changes_with_previous.status != changes_with_previous.previous_status
),

spans as (
    select
        real_changes.challenge_id,
        real_changes.status,
        real_changes.is_implied,
        real_changes.changed_at as valid_from,
        coalesce(real_changes.next_changed_at, {{ end_of_time() }}) as valid_to
    from real_changes
),

-- Days since a change are counted on the organisation's calendar.
offsets as (
    select
        offsets.starts_at,
        offsets.ends_at,
        offsets.offset_seconds
    from {{ source('meta', 'zone_offset') }} as offsets
    where offsets.zone = {{ setting('organisation_zone', 'UTC') }}
),

final as (
    select
        spans.challenge_id,
        spans.status,
        spans.is_implied,
        spans.valid_from,
        spans.valid_to,
        cast({{ local_time('spans.valid_from', 'coalesce(offset_at_start.offset_seconds, 0)') }} as date) as changed_on,
        cast({{ local_time('spans.valid_to', 'coalesce(offset_at_end.offset_seconds, 0)') }} as date) as ended_on
    from spans
    left join offsets as offset_at_start
        on spans.valid_from >= offset_at_start.starts_at
        and spans.valid_from < offset_at_start.ends_at
    left join offsets as offset_at_end
        on spans.valid_to >= offset_at_end.starts_at
        and spans.valid_to < offset_at_end.ends_at
)

select * from final
