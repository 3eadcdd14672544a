-- Grain: one row: the first 14 days after enrolment (handle time) and the first 90 (who stays), over everything loaded.
-- Called by readHorizons. Amounts in whole minor units.
with
operational as (
    select
        count(distinct case when effects.compared_contacts > 0 then effects.agent_id end) as agents,
        coalesce(sum(effects.compared_contacts), 0) as contacts,
        cast(round(sum(effects.handle_seconds_saved) * 1000) as bigint) as saved_ms,
        max(effects.baseline_reason) as reason
    from intermediate.int_effects_by_agent_day as effects
    where effects.days_since_enrolment between 0 and 13
),

programme as (
    select
        cast(round(sum(months.operational_benefit_minor)) as bigint) as operational_gain_minor,
        cast(round(sum(months.operational_cost_minor)) as bigint) as operational_cost_minor,
        sum(months.stability_agents) as stability_agents,
        sum(months.stability_leavers) as stability_leavers,
        sum(months.stability_expected_leavers) as stability_expected_leavers,
        cast(round(sum(months.stability_benefit_minor)) as bigint) as stability_gain_minor,
        cast(round(sum(months.stability_cost_minor)) as bigint) as stability_cost_minor,
        max(months.stability_reason) as stability_reason
    from marts.fct_program_month as months
)

select
    operational.*,
    programme.*
from operational
cross join programme
