-- Grain: one row per agent and stint: days of employment without a break, as all accounts say together.
-- Accounts that overlap or follow each other from one day to the next are one stint, so who moves to another platform has
-- not left; the days between two stints are no employment. Without hired_on the first stint begins with the first work.
with
accounts as (
    select
        accounts.*,
        coalesce(accounts.hired_on, cast({{ beginning_of_time() }} as date)) as from_day,
        coalesce(accounts.left_on, cast({{ end_of_time() }} as date)) as to_day,
        accounts.is_open or accounts.left_on is not null as knows_its_end
    from {{ ref('int_account_stints') }} as accounts
),

-- An inactive account without an end ended some day: it counts until the first end that another account knows. Where none
-- knows any, nobody says that the agent has left.
ended as (
    select
        accounts.agent_id,
        accounts.hired_on,
        accounts.from_day,
        case
            when count(others.agent_id) = 0 then max(accounts.to_day)
            else min(case when others.to_day >= accounts.from_day then others.to_day end)
        end as to_day
    from accounts
    left join accounts as others on accounts.agent_id = others.agent_id and others.knows_its_end
    where not accounts.knows_its_end
    group by accounts.agent_id, accounts.hired_on, accounts.from_day
),

spans as (
    select
        accounts.agent_id,
        accounts.hired_on,
        accounts.from_day,
        accounts.to_day,
        accounts.left_reason
    from accounts
    where accounts.knows_its_end
    union all
    select
        ended.agent_id,
        ended.hired_on,
        ended.from_day,
        ended.to_day,
        cast(null as {{ dbt.type_string() }}) as left_reason
    from ended
    where ended.to_day is not null
),

ordered as (
    select
        spans.*,
        max(spans.to_day) over (
            partition by spans.agent_id
            order by spans.from_day, spans.to_day
            rows between unbounded preceding and 1 preceding
        ) as reached_day
    from spans
),

numbered as (
    select
        ordered.*,
        sum(case when ordered.from_day <= {{ add_days('ordered.reached_day', 1) }} then 0 else 1 end) over (
            partition by ordered.agent_id
            order by ordered.from_day, ordered.to_day
            rows between unbounded preceding and current row
        ) as stint_no
    from ordered
),

stints as (
    select
        numbered.*,
        max(numbered.to_day) over (partition by numbered.agent_id, numbered.stint_no) as last_day
    from numbered
),

final as (
    select
        stints.agent_id,
        cast(stints.stint_no as integer) as stint_no,
        min(stints.hired_on) as hired_on,
        case when stints.last_day < cast({{ end_of_time() }} as date) then stints.last_day end as left_on,
        max(case when stints.to_day = stints.last_day then stints.left_reason end) as left_reason
    from stints
    group by stints.agent_id, stints.stint_no, stints.last_day
)

select * from final
