-- Grain: one row per source and span [starts_at, ends_at) of constant offset from UTC in its own zone.
-- The zone of a source is what its mapping says, else the organisation's.
{{ config(post_hook=["{{ mark_applied('int_source_spans') }}"]) }}
with
sources as (
    {{ loaded_sources() }}
),

settings as (
    select * from {{ source('meta', 'setting') }}
),

organisation as (
    select
        {{ setting('organisation_zone', 'UTC') }} as zone,
        {{ clock_seconds(setting('day_start', '00:00')) }} as day_start_seconds
),

zones as (
    select
        sources.source,
        coalesce(settings.value, organisation.zone) as zone,
        organisation.day_start_seconds
    from sources
    cross join organisation
    left join settings on settings.name = 'source_zone.' || sources.source
),

final as (
    select
        zones.source,
        zones.zone,
        zones.day_start_seconds,
        coalesce(offsets.starts_at, {{ beginning_of_time() }}) as starts_at,
        coalesce(offsets.ends_at, {{ end_of_time() }}) as ends_at,
        coalesce(offsets.offset_seconds, 0) as offset_seconds
    from zones
    left join {{ source('meta', 'zone_offset') }} as offsets on zones.zone = offsets.zone
)

select * from final
