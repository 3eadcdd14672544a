with
challenges as (
    select * from {{ ref('int_challenges') }}
),

versions as (
    {{ record_versions('challenge') }}
),

described as (
    select
        versions.version_key as challenge_key,
        challenges.challenge_id,
        challenges.source,
        challenges.challenge_native_id,
        coalesce(versions.name, versions.challenge_native_id) as challenge_name,
        versions.metric,
        versions.direction,
        {{ as_float('versions.threshold_milli') }} / 1000.0 as threshold,
        {{ as_float('versions.points_per_unit_milli') }} / 1000.0 as points_per_unit,
        {{ as_float('versions.multiplier_milli') }} / 1000.0 as multiplier,
        versions.budget_minor,
        versions.currency,
        versions.starts_at,
        versions.ends_at,
        false as is_inferred,
        versions.valid_from,
        versions.valid_to
    from versions
    inner join challenges on versions.business_key = challenges.challenge_id
),

-- A challenge only named in events or costs, and the row that takes what no challenge can claim.
inferred as (
    select
        challenges.challenge_id as challenge_key,
        challenges.challenge_id,
        challenges.source,
        challenges.challenge_native_id,
        challenges.challenge_name
    from challenges
    left join described on challenges.challenge_id = described.challenge_id
    where described.challenge_id is null
    union all
    select
        {{ unattributed_challenge_id() }} as challenge_key,
        {{ unattributed_challenge_id() }} as challenge_id,
        'gami' as source,
        'unattributed' as challenge_native_id,
        'Unattributed' as challenge_name
),

final as (
    select * from described
    union all
    select
        inferred.challenge_key,
        inferred.challenge_id,
        inferred.source,
        inferred.challenge_native_id,
        inferred.challenge_name,
        null as metric,
        null as direction,
        null as threshold,
        null as points_per_unit,
        null as multiplier,
        null as budget_minor,
        null as currency,
        null as starts_at,
        null as ends_at,
        true as is_inferred,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to
    from inferred
)

select * from final
