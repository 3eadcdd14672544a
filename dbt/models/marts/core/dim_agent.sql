-- Grain: one row per version of an agent and person it stands for (agent_key); agent_id stays the same over the versions.
-- Of an account that several people used, one keeps the key of the version, which its facts carry; the others get their own.
-- agent_name is what may be shown: the given display name, else a label made from the key. Native ids are as opaque as the
-- source or the mapping made them. Of the newest versions of several accounts the one is current that says of the person's
-- last leaving what all of them say together.
with
versions as (
    select * from {{ ref('int_agent_versions') }}
),

employment as (
    select
        stints.agent_id,
        case when count(*) = count(stints.left_on) then max(stints.left_on) end as left_on
    from {{ ref('int_employment') }} as stints
    group by stints.agent_id
),

links as (
    select distinct
        links.subject_id,
        links.agent_id
    from {{ ref('int_agent_links') }} as links
),

linked as (
    select
        versions.*,
        links.agent_id,
        row_number() over (
            partition by versions.agent_key
            order by cast(links.agent_id as {{ dbt.type_string() }})
        ) as link_no,
        row_number() over (
            partition by links.agent_id
            order by
                versions.valid_to desc,
                case when versions.is_inferred then 1 else 0 end,
                case
                    when versions.left_on = employment.left_on then 0
                    when versions.left_on is null and employment.left_on is null then 0
                    else 1
                end,
                case when coalesce(versions.is_active, true) then 0 else 1 end,
                versions.source,
                versions.agent_native_id
        ) as newest_first
    from versions
    inner join links on versions.subject_id = links.subject_id
    left join employment on links.agent_id = employment.agent_id
),

final as (
    select
        case
            when linked.link_no = 1 then linked.agent_key
            else {{ durable_key('agent_version', 'linked.source', [
                'cast(linked.subject_id as ' ~ dbt.type_string() ~ ')',
                instant_text('linked.valid_from'),
                'cast(linked.agent_id as ' ~ dbt.type_string() ~ ')',
            ]) }}
        end as agent_key,
        linked.agent_id,
        linked.source,
        linked.agent_native_id,
        coalesce(
            linked.display_name,
            'Agent ' || substr(cast(linked.agent_id as {{ dbt.type_string() }}), 1, 6)
        ) as agent_name,
        linked.zone,
        linked.team_id,
        linked.team_name,
        linked.site,
        linked.role,
        linked.employment,
        linked.hired_on,
        linked.left_on,
        linked.left_reason,
        linked.is_active,
        linked.is_inferred,
        linked.newest_first = 1 as is_current,
        linked.valid_from,
        linked.valid_to
    from linked
)

select * from final
