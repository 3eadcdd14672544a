-- Grain: one row per year_month and challenge (`unattributed` included) with a cost, in whole minor units.
-- A cost that names no challenge is shared by credited points, where there are any above zero; the rest of the division
-- goes to the largest remainders, so that the challenges add up to the programme to the last minor unit.
with
costs as (
    select * from {{ ref('int_costs') }}
    where is_counted
),

credits as (
    select * from {{ ref('int_credits_by_challenge_month') }}
),

direct_costs as (
    select
        costs.year_month,
        costs.challenge_id,
        costs.kind,
        sum(costs.amount_minor) as amount_minor
    from costs
    where costs.challenge_id is not null
    group by costs.year_month, costs.challenge_id, costs.kind
),

shared_costs as (
    select
        costs.year_month,
        costs.kind,
        sum(costs.amount_minor) as amount_minor
    from costs
    where costs.challenge_id is null
    group by costs.year_month, costs.kind
),

month_points as (
    select
        credits.year_month,
        sum(credits.points_credited_milli) as points_credited_milli
    from credits
    where credits.points_credited_milli > 0
    group by credits.year_month
),

portions as (
    select
        shared_costs.year_month,
        shared_costs.kind,
        shared_costs.amount_minor,
        credits.challenge_id,
        {{ as_float('shared_costs.amount_minor') }} * credits.points_credited_milli / month_points.points_credited_milli
            as exact_minor
    from shared_costs
    inner join month_points on shared_costs.year_month = month_points.year_month
    inner join credits on shared_costs.year_month = credits.year_month
    where credits.points_credited_milli > 0
    union all
    select
        shared_costs.year_month,
        shared_costs.kind,
        shared_costs.amount_minor,
        {{ unattributed_challenge_id() }} as challenge_id,
        shared_costs.amount_minor as exact_minor
    from shared_costs
    left join month_points on shared_costs.year_month = month_points.year_month
    where month_points.year_month is null
),

ranked_portions as (
    select
        portions.year_month,
        portions.kind,
        portions.challenge_id,
        cast(floor(portions.exact_minor) as bigint) as whole_minor,
        portions.amount_minor - sum(cast(floor(portions.exact_minor) as bigint)) over (
            partition by portions.year_month, portions.kind
        ) as left_over_minor,
        row_number() over (
            partition by portions.year_month, portions.kind
            order by portions.exact_minor - floor(portions.exact_minor) desc, portions.challenge_id
        ) as remainder_rank
    from portions
),

parts as (
    select
        direct_costs.year_month,
        direct_costs.challenge_id,
        direct_costs.kind,
        direct_costs.amount_minor as direct_minor,
        0 as shared_minor
    from direct_costs
    union all
    select
        ranked_portions.year_month,
        ranked_portions.challenge_id,
        ranked_portions.kind,
        0 as direct_minor,
        ranked_portions.whole_minor
        + case when ranked_portions.remainder_rank <= ranked_portions.left_over_minor then 1 else 0 end
            as shared_minor
    from ranked_portions
),

final as (
    select
        parts.year_month,
        parts.challenge_id,
        cast(sum(parts.direct_minor) as bigint) as direct_cost_minor,
        cast(sum(parts.shared_minor) as bigint) as shared_cost_minor,
        {% for kind in cost_kinds() -%}
        cast(
            sum(case when parts.kind = '{{ kind }}' then parts.direct_minor + parts.shared_minor else 0 end) as bigint
        ) as {{ kind }}_cost_minor,
        {% endfor -%}
        cast(sum(parts.direct_minor + parts.shared_minor) as bigint) as cost_minor
    from parts
    group by parts.year_month, parts.challenge_id
)

select * from final
