with
versions as (
    {{ record_versions('badge') }}
),

events as (
    select * from {{ as_of('gamification_event') }}
),

mentioned as (
    select versions.source, versions.badge_native_id from versions
    union distinct
    select events.source, events.badge_native_id from events
    where events.badge_native_id is not null
),

final as (
    select
        coalesce(
            versions.version_key,
            {{ durable_key('badge', 'mentioned.source', ['mentioned.badge_native_id']) }}
        ) as badge_key,
        {{ durable_key('badge', 'mentioned.source', ['mentioned.badge_native_id']) }} as badge_id,
        mentioned.source,
        mentioned.badge_native_id,
        coalesce(versions.name, mentioned.badge_native_id) as badge_name,
        versions.tier,
        versions.criteria,
        versions.version_key is null as is_inferred,
        coalesce(versions.valid_from, {{ beginning_of_time() }}) as valid_from,
        coalesce(versions.valid_to, {{ end_of_time() }}) as valid_to
    from mentioned
    left join versions
        on mentioned.source = versions.source
        and mentioned.badge_native_id = versions.badge_native_id
)

select * from final
