-- Grain: one row per cost of the ledger. Amounts in another currency than the configured one are kept but not counted,
-- and so is one without a kind, a day or an amount, which versions before took in.
with
costs as (
    select * from {{ as_of('cost') }}
),

challenges as (
    select * from {{ ref('int_challenges') }}
),

settings as (
    select * from {{ ref('int_finance_settings') }}
),

-- A cost ledger is often another file than the events: an id that only one source uses is still clear.
native_ids as (
    select
        challenges.challenge_native_id,
        min(challenges.source) as source
    from challenges
    group by challenges.challenge_native_id
    having count(*) = 1
),

final as (
    select
        costs.business_key as cost_key,
        costs.source,
        costs.kind,
        costs.incurred_on,
        {{ year_month('costs.incurred_on') }} as year_month,
        costs.amount_minor,
        costs.currency,
        coalesce(costs.currency = settings.currency, true)
        and costs.kind is not null
        and costs.incurred_on is not null
        and costs.amount_minor is not null as is_counted,
        case
            when costs.challenge_native_id is not null
                then coalesce(
                    same_source.challenge_id, other_source.challenge_id, {{ unattributed_challenge_id() }}
                )
        end as challenge_id
    from costs
    cross join settings
    left join challenges as same_source
        on costs.source = same_source.source
        and costs.challenge_native_id = same_source.challenge_native_id
    left join native_ids on costs.challenge_native_id = native_ids.challenge_native_id
    left join challenges as other_source
        on native_ids.source = other_source.source
        and native_ids.challenge_native_id = other_source.challenge_native_id
)

select * from final
