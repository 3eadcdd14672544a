with
milestones as (
    select * from {{ as_of('milestone') }}
),

final as (
    select
        milestones.business_key as milestone_key,
        milestones.definition_id,
        milestones.rule_hash,
        milestones.name as milestone_name,
        milestones.metric,
        milestones.direction,
        {{ as_float('milestones.threshold_milli') }} / 1000.0 as threshold,
        milestones.tier,
        milestones.definition,
        coalesce(milestones.valid_from, {{ beginning_of_time() }}) as valid_from,
        coalesce(milestones.valid_to, {{ end_of_time() }}) as valid_to
    from milestones
)

select * from final
