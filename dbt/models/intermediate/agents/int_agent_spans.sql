-- Grain: one row per native agent id and span [starts_at, ends_at) in which its person, its version and its offset from
-- UTC stay the same: the one table that says who did something, as what, and at which local time.
{{ config(post_hook=["{{ mark_applied('int_agent_spans', ['int_agent_versions']) }}"]) }}
with
links as (
    select * from {{ ref('int_agent_links') }}
),

versions as (
    select * from {{ ref('int_agent_versions') }}
),

settings as (
    select * from {{ source('meta', 'setting') }}
),

organisation as (
    select
        {{ setting('organisation_zone', 'UTC') }} as zone,
        {{ clock_seconds(setting('day_start', '00:00')) }} as day_start_seconds
),

linked_versions as (
    select
        links.subject_id,
        links.agent_id,
        versions.agent_key,
        coalesce(versions.zone, settings.value, organisation.zone) as zone,
        organisation.day_start_seconds,
        case
            when versions.valid_from > links.starts_at then versions.valid_from else links.starts_at
        end as starts_at,
        case
            when versions.valid_to < links.ends_at then versions.valid_to else links.ends_at
        end as ends_at
    from links
    inner join versions
        on links.subject_id = versions.subject_id
        and links.starts_at < versions.valid_to
        and versions.valid_from < links.ends_at
    cross join organisation
    left join settings on settings.name = 'source_zone.' || links.source
),

final as (
    select
        linked_versions.subject_id,
        linked_versions.agent_id,
        linked_versions.agent_key,
        linked_versions.zone,
        linked_versions.day_start_seconds,
        case
            when offsets.starts_at > linked_versions.starts_at then offsets.starts_at else linked_versions.starts_at
        end as starts_at,
        case
            when offsets.ends_at < linked_versions.ends_at then offsets.ends_at else linked_versions.ends_at
        end as ends_at,
        coalesce(offsets.offset_seconds, 0) as offset_seconds
    from linked_versions
    left join {{ source('meta', 'zone_offset') }} as offsets
        on linked_versions.zone = offsets.zone
        and offsets.starts_at < linked_versions.ends_at
        and offsets.ends_at > linked_versions.starts_at
)

select * from final
