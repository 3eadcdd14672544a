-- Grain: one row per enrolled agent with a baseline in the months from $1 to $2: the change against the own weeks before.
-- Called by explainOwnPast.
select
    cast(effects.agent_id as varchar) as agent_id,
    coalesce(sum(effects.compared_contacts), 0) as contacts,
    max(baselines.baseline_handle_seconds) as baseline_seconds,
    cast(sum(effects.handle_seconds) as double) as handle_seconds,
    cast(coalesce(sum(effects.handle_seconds_saved), 0) as double) as saved_seconds,
    cast(coalesce(sum(effects.quality_points_gained), 0) as double) as quality_agent_months
from intermediate.int_effects_by_agent_day as effects
inner join intermediate.int_baselines_by_agent as baselines on effects.agent_id = baselines.agent_id
where
    effects.year_month between $1 and $2
    and (effects.handle_seconds_saved is not null or effects.quality_points_gained is not null)
group by effects.agent_id
order by effects.agent_id
