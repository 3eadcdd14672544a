-- Grain: one row: the days with work or events, and the last one that is final. Called by readRoiFacts.
with
worked as (
    select
        agent_days.work_date,
        agent_days.handle_state
    from marts.fct_agent_day as agent_days
    where agent_days.interactions > 0 or agent_days.event_count > 0 or agent_days.quality_count > 0
)

select
    min(worked.work_date) as first_day,
    max(worked.work_date) as last_day,
    max(case when worked.handle_state = 'final' then worked.work_date end) as final_day
from worked
