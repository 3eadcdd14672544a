-- One row per cohort and period: effect and standard error by unit, never-treated controls, last period before as base.
-- Check of src/domain/estimate/group-time.ts, which is the authority. Reads panel(id, t, g, y), g null = never treated.
with cells as (
    select distinct
        cohorts.g,
        periods.t,
        case when periods.t >= cohorts.g then cohorts.g - 1 else periods.t - 1 end as base
    from (select distinct g from panel where g is not null) as cohorts
    cross join (select distinct t from panel) as periods
    where periods.t > (select min(t) from panel)
),

changes as (
    select
        cells.g,
        cells.t,
        after.id,
        case when after.g = cells.g then 1 else 0 end as is_treated,
        after.y - before.y as change
    from cells
    inner join panel as after
        on cells.t = after.t and (after.g = cells.g or after.g is null)
    inner join panel as before
        on after.id = before.id and cells.base = before.t
),

means as (
    select
        g,
        t,
        sum(is_treated) as treated,
        sum(1 - is_treated) as controls,
        sum(is_treated * change) / sum(is_treated) as treated_mean,
        sum((1 - is_treated) * change) / sum(1 - is_treated) as control_mean
    from changes
    group by g, t
),

influence as (
    select
        changes.g,
        changes.t,
        case
            when changes.is_treated = 1 then (changes.change - means.treated_mean) / means.treated
            else -(changes.change - means.control_mean) / means.controls
        end as influence
    from changes
    inner join means
        on changes.g = means.g and changes.t = means.t
),

final as (
    select
        means.g,
        means.t,
        means.treated_mean - means.control_mean as estimate,
        sqrt(sum(influence.influence * influence.influence)) as standard_error
    from means
    inner join influence
        on means.g = influence.g and means.t = influence.t
    group by means.g, means.t, means.treated_mean, means.control_mean
)

select * from final
order by g, t
