-- Every dated amount in the reporting currency reaches exactly one month and challenge; the programme's cost is the ledger's.
with
ledger as (
    select coalesce(sum(costs.amount_minor), 0) as amount_minor
    from {{ as_of('cost') }} as costs
    cross join {{ ref('int_finance_settings') }} as settings
    where
        coalesce(costs.currency = settings.currency, true)
        and costs.incurred_on is not null
        and costs.kind is not null
),

booked as (
    select coalesce(sum(months.cost_minor), 0) as amount_minor from {{ ref('fct_program_month') }} as months
)

select
    ledger.amount_minor as ledger_minor,
    booked.amount_minor as booked_minor
from ledger
cross join booked
where ledger.amount_minor != booked.amount_minor
