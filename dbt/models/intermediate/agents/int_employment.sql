-- Grain: one row per agent: first and last day of employment, as the newest versions of all accounts say together.
-- Who still has an open account has not left: an account also closes when its person moves to another platform. Open is an
-- account without an end that is active, or that at least says since when somebody is employed.
with
links as (
    select distinct
        links.subject_id,
        links.agent_id
    from {{ ref('int_agent_links') }} as links
),

accounts as (
    select
        links.agent_id,
        versions.hired_on,
        versions.left_on,
        versions.left_on is null and coalesce(versions.is_active, versions.hired_on is not null) as is_open
    from {{ ref('int_agent_versions') }} as versions
    inner join links on versions.subject_id = links.subject_id
    where versions.valid_to = {{ end_of_time() }}
),

final as (
    select
        accounts.agent_id,
        min(accounts.hired_on) as hired_on,
        case when count(case when accounts.is_open then 1 end) = 0 then max(accounts.left_on) end as left_on
    from accounts
    group by accounts.agent_id
)

select * from final
