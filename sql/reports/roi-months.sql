-- Grain: one row per year_month from $1 to $2, both inside. Called by readMonths. Amounts in whole minor units.
select
    months.year_month,
    months.agents_employed_at_start,
    months.points_paid,
    months.points_credited - months.points_unattributed as points_weighted,
    months.points_credited - months.points_unattributed_unweighted as points_unweighted,
    months.compared_agents,
    months.compared_contacts,
    cast(round(months.handle_hours_saved * 3600000) as bigint) as saved_ms,
    cast(round(months.handle_benefit_minor) as bigint) as handle_gain_minor,
    months.handle_reason,
    months.quality_agent_months_gained,
    cast(round(months.quality_benefit_minor) as bigint) as quality_gain_minor
from marts.fct_program_month as months
where months.year_month between $1 and $2
order by months.year_month
