-- Grain: one row per agent: first and last day of employment, as the newest versions of all accounts say together.
-- An account that passed on to somebody else says nothing of what came before or after its time with this one.
-- Who still has an open account has not left: an account also closes when its person moves to another platform. Open is an
-- account without an end that is active, or that at least says since when somebody is employed.
with
links as (
    select
        links.subject_id,
        links.agent_id,
        min(links.starts_at) as starts_at,
        max(links.ends_at) as ends_at
    from {{ ref('int_agent_links') }} as links
    group by links.subject_id, links.agent_id
),

turns as (
    select
        links.*,
        cast({{ add_seconds('links.ends_at', '-1') }} as date) as last_day,
        row_number() over (
            partition by links.subject_id
            order by links.starts_at, cast(links.agent_id as {{ dbt.type_string() }})
        ) as turn_no
    from links
),

accounts as (
    select
        turns.agent_id,
        case
            when turns.turn_no = 1 or versions.hired_on >= cast(turns.starts_at as date) then versions.hired_on
            when versions.hired_on is not null then cast(turns.starts_at as date)
        end as hired_on,
        case
            when turns.ends_at = {{ end_of_time() }} then versions.left_on
            else least(turns.last_day, coalesce(versions.left_on, turns.last_day))
        end as left_on,
        versions.left_on is null
        and turns.ends_at = {{ end_of_time() }}
        and coalesce(versions.is_active, versions.hired_on is not null) as is_open
    from {{ ref('int_agent_versions') }} as versions
    inner join turns on versions.subject_id = turns.subject_id
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
