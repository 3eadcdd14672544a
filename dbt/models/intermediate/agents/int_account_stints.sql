-- Grain: one row per native agent id and turn of a person at it: the employment that the account states of that person.
-- An account that passed on to somebody else says nothing of what came before or after its turn with this one. Open is an
-- account without an end that is active, or that at least says since when somebody is employed.
with
links as (
    select
        links.*,
        lag(links.agent_id) over (partition by links.subject_id order by links.starts_at) as agent_before
    from {{ ref('int_agent_links') }} as links
),

numbered as (
    select
        links.*,
        sum(case when links.agent_before = links.agent_id then 0 else 1 end) over (
            partition by links.subject_id
            order by links.starts_at
            rows between unbounded preceding and current row
        ) as turn_no
    from links
),

-- Who had the account first may have been employed before the link says anything.
turns as (
    select
        numbered.subject_id,
        cast(numbered.turn_no as integer) as turn_no,
        numbered.agent_id,
        numbered.source,
        numbered.agent_native_id,
        case when numbered.turn_no = 1 then {{ beginning_of_time() }} else min(numbered.starts_at) end as starts_at,
        max(numbered.ends_at) as ends_at
    from numbered
    group by
        numbered.subject_id, numbered.turn_no, numbered.agent_id, numbered.source, numbered.agent_native_id
),

stated as (
    select
        turns.*,
        cast({{ add_seconds('turns.ends_at', '-1') }} as date) as last_day,
        versions.hired_on as stated_hired_on,
        versions.left_on as stated_left_on,
        versions.left_reason as stated_left_reason,
        versions.is_active
    from turns
    inner join {{ ref('int_agent_versions') }} as versions on turns.subject_id = versions.subject_id
    where versions.valid_to = {{ end_of_time() }}
),

final as (
    select
        stated.subject_id,
        stated.turn_no,
        stated.agent_id,
        stated.source,
        stated.agent_native_id,
        case
            when stated.stated_hired_on < cast(stated.starts_at as date) then cast(stated.starts_at as date)
            else stated.stated_hired_on
        end as hired_on,
        case
            when stated.ends_at = {{ end_of_time() }} then stated.stated_left_on
            else least(stated.last_day, coalesce(stated.stated_left_on, stated.last_day))
        end as left_on,
        case when stated.stated_left_on <= stated.last_day then stated.stated_left_reason end as left_reason,
        stated.stated_left_on is null
        and stated.ends_at = {{ end_of_time() }}
        and coalesce(stated.is_active, stated.stated_hired_on is not null) as is_open
    from stated
)

select * from final
