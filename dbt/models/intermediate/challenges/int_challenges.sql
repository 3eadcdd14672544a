-- Grain: one row per challenge, whether a source describes it, only gives its status, or only names it in an event.
{{ config(post_hook=["{{ mark_applied('int_challenges') }}"]) }}
with
described as (
    select * from {{ as_of('challenge') }}
),

status_changes as (
    select * from {{ as_of('challenge_status') }}
),

events as (
    select * from {{ as_of('gamification_event') }}
),

named as (
    select described.source, described.challenge_native_id from described
    union distinct
    select status_changes.source, status_changes.challenge_native_id from status_changes
    union distinct
    select events.source, events.challenge_native_id from events
    where events.challenge_native_id is not null
),

final as (
    select
        {{ durable_key('challenge', 'named.source', ['named.challenge_native_id']) }} as challenge_id,
        named.source,
        named.challenge_native_id,
        coalesce(described.name, named.challenge_native_id) as challenge_name,
        described.business_key is null as is_inferred,
        described.starts_at,
        described.ends_at
    from named
    left join described
        on named.source = described.source
        and named.challenge_native_id = described.challenge_native_id
)

select * from final
