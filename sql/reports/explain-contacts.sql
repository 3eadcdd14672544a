-- Grain: one row per enrolled agent with a past: interactions in the whole weeks from enrolment on, $1 to $2 both inside,
-- as roi-panel-size counts them. Called by explainContacts.
select
    cast(agent_weeks.agent_id as varchar) as agent_id,
    enrolments.enrolled_on,
    sum(agent_weeks.handle_count) as contacts
from marts.fct_agent_week as agent_weeks
inner join intermediate.int_first_enrolments as enrolments on agent_weeks.agent_id = enrolments.agent_id
inner join intermediate.int_baselines_by_agent as baselines on agent_weeks.agent_id = baselines.agent_id
where
    baselines.baseline_handle_seconds is not null
    and agent_weeks.week_start_date >= week_start(enrolments.enrolled_on)
    and agent_weeks.week_start_date >= cast($1 as date)
    and agent_weeks.week_start_date + 6 <= cast($2 as date)
group by agent_weeks.agent_id, enrolments.enrolled_on
order by agent_weeks.agent_id
