-- Effects of a day are split by shares and costs to the last minor unit, so the challenges of a month, the unattributed
-- part included, are the programme. The tolerance is a billionth of the amount.
with
challenges as (
    select
        months.year_month,
        sum(months.event_count) as event_count,
        sum(months.enrolled_agent_days) as enrolled_agent_days,
        sum(months.points_paid) as points_paid,
        sum(months.points_credited) as points_credited,
        sum(months.points_credited_unweighted) as points_credited_unweighted,
        sum(months.actions_credited) as actions_credited,
        sum(months.compared_contacts) as compared_contacts,
        coalesce(sum(months.handle_hours_saved), 0) as handle_hours_saved,
        coalesce(sum(months.handle_hours_saved_unweighted), 0) as handle_hours_saved_unweighted,
        coalesce(sum(months.quality_agent_months_gained), 0) as quality_agent_months_gained,
        coalesce(sum(months.benefit_minor), 0) as benefit_minor,
        sum(months.cost_minor) as cost_minor
    from {{ ref('fct_challenge_month') }} as months
    group by months.year_month
),

sums as (
    select
        coalesce(programme.year_month, challenges.year_month) as year_month,
        case
            when challenges.year_month is null
                then programme.event_count > 0 or programme.cost_minor != 0 or programme.enrolled_agent_days > 0
            when programme.year_month is null
                then challenges.event_count > 0 or challenges.cost_minor != 0 or challenges.enrolled_agent_days > 0
            else false
        end as is_missing,
        programme.points_paid - challenges.points_paid as points_paid,
        (programme.points_credited - challenges.points_credited) / (1 + abs(programme.points_credited))
            as points_credited,
        (programme.points_credited - challenges.points_credited_unweighted) / (1 + abs(programme.points_credited))
            as points_credited_unweighted,
        (programme.actions_credited - challenges.actions_credited) / (1 + programme.actions_credited)
            as actions_credited,
        (programme.compared_contacts - challenges.compared_contacts) / (1 + programme.compared_contacts)
            as compared_contacts,
        (coalesce(programme.handle_hours_saved, 0) - challenges.handle_hours_saved)
        / (1 + abs(coalesce(programme.handle_hours_saved, 0))) as handle_hours_saved,
        (coalesce(programme.handle_hours_saved, 0) - challenges.handle_hours_saved_unweighted)
        / (1 + abs(coalesce(programme.handle_hours_saved, 0))) as handle_hours_saved_unweighted,
        (coalesce(programme.quality_agent_months_gained, 0) - challenges.quality_agent_months_gained)
        / (1 + abs(coalesce(programme.quality_agent_months_gained, 0))) as quality_agent_months_gained,
        (coalesce(programme.benefit_minor, 0) - challenges.benefit_minor)
        / (1 + abs(coalesce(programme.benefit_minor, 0))) as benefit_minor,
        programme.cost_minor - challenges.cost_minor as cost_minor,
        (programme.enrolled_agent_days - challenges.enrolled_agent_days) / (1 + programme.enrolled_agent_days)
            as enrolled_agent_days
    from {{ ref('fct_program_month') }} as programme
    full outer join challenges on programme.year_month = challenges.year_month
)

select * from sums
where
    sums.is_missing
    or sums.points_paid != 0
    or sums.cost_minor != 0
    or abs(sums.points_credited) > 1e-9
    or abs(sums.points_credited_unweighted) > 1e-9
    or abs(sums.actions_credited) > 1e-9
    or abs(sums.compared_contacts) > 1e-9
    or abs(sums.handle_hours_saved) > 1e-9
    or abs(sums.handle_hours_saved_unweighted) > 1e-9
    or abs(sums.quality_agent_months_gained) > 1e-9
    or abs(sums.benefit_minor) > 1e-9
    or abs(sums.enrolled_agent_days) > 1e-9
