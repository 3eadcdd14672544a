-- Grain: one row per native agent id, turn of a person at it, and stint of employment that the account states of them.
-- The versions of its record are taken in their order: one that puts hired_on after a left_on said before is a rehire, and
-- the earlier stint stays; any other change of dates corrects what was said. An account that passed on says nothing of what
-- came before or after its turn with this person. Open is an account without an end that is active, or that at least says
-- since when somebody is employed.
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
        max(numbered.ends_at) as ends_at,
        cast({{ add_seconds('max(numbered.ends_at)', '-1') }} as date) as last_day
    from numbered
    group by
        numbered.subject_id, numbered.turn_no, numbered.agent_id, numbered.source, numbered.agent_native_id
),

-- A left_on before hired_on is left over from an earlier stint.
versions as (
    select
        versions.subject_id,
        versions.valid_from,
        versions.valid_to,
        versions.hired_on,
        case when versions.left_on < versions.hired_on then null else versions.left_on end as left_on,
        versions.left_reason,
        versions.is_active
    from {{ ref('int_agent_versions') }} as versions
),

-- Of a turn say what held during it, and no dates of who had the account before or after.
stated as (
    select
        turns.*,
        versions.valid_from,
        versions.hired_on,
        versions.left_on,
        versions.left_reason,
        versions.is_active
    from turns
    left join versions
        on turns.subject_id = versions.subject_id
        and turns.starts_at < versions.valid_to
        and turns.ends_at > versions.valid_from
        and turns.last_day >= coalesce(versions.hired_on, turns.last_day)
        and cast(turns.starts_at as date) <= coalesce(versions.left_on, turns.last_day)
),

ordered as (
    select
        stated.*,
        min(stated.hired_on) over (
            partition by stated.subject_id, stated.turn_no
            order by stated.valid_from
            rows between 1 following and unbounded following
        ) as hired_again_on,
        row_number() over (
            partition by stated.subject_id, stated.turn_no
            order by stated.valid_from desc
        ) as newest_first
    from stated
),

final as (
    select
        ordered.subject_id,
        ordered.turn_no,
        cast(row_number() over (
            partition by ordered.subject_id, ordered.turn_no
            order by ordered.valid_from
        ) as integer) as stint_no,
        ordered.agent_id,
        ordered.source,
        ordered.agent_native_id,
        case
            when ordered.hired_on < cast(ordered.starts_at as date) then cast(ordered.starts_at as date)
            else ordered.hired_on
        end as hired_on,
        case
            when ordered.ends_at = {{ end_of_time() }} then ordered.left_on
            else least(ordered.last_day, coalesce(ordered.left_on, ordered.last_day))
        end as left_on,
        case when ordered.left_on <= ordered.last_day then ordered.left_reason end as left_reason,
        ordered.left_on is null
        and ordered.ends_at = {{ end_of_time() }}
        and coalesce(ordered.is_active, ordered.hired_on is not null) as is_open
    from ordered
    where ordered.newest_first = 1 or ordered.left_on < ordered.hired_again_on
)

select * from final
