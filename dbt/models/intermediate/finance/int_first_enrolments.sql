-- Grain: one row per agent who was ever enrolled. The first enrolment counts and is never undone (intention to treat);
-- an enrolment into a single challenge counts where the agent was never enrolled into the programme itself.
-- left_on is the first leaving after it, also of who came back.
with
enrolments as (
    select * from {{ as_of('enrolment') }}
),

agent_spans as (
    select * from {{ ref('int_agent_spans') }}
),

employment as (
    select * from {{ ref('int_employment') }}
),

challenges as (
    select distinct challenge_native_id from {{ ref('int_challenges') }}
),

placed as (
    select
        agent_spans.agent_id,
        enrolments.programme,
        enrolments.allocation,
        enrolments.enrolled_at,
        challenges.challenge_native_id is not null as is_challenge_only,
        cast({{ local_time('enrolments.enrolled_at', 'agent_spans.offset_seconds') }} as date) as enrolled_on
    from enrolments
    inner join agent_spans
        on enrolments.subject_id = agent_spans.subject_id
        and enrolments.enrolled_at >= agent_spans.starts_at
        and enrolments.enrolled_at < agent_spans.ends_at
    left join challenges on enrolments.programme = challenges.challenge_native_id
),

ranked as (
    select
        placed.*,
        row_number() over (
            partition by placed.agent_id
            order by placed.is_challenge_only, placed.enrolled_at, placed.programme
        ) as first_one_first
    from placed
),

final as (
    select
        ranked.agent_id,
        ranked.programme,
        ranked.allocation,
        ranked.enrolled_on,
        coalesce(
            min(case when employment.left_on >= ranked.enrolled_on then employment.left_on end),
            case when count(*) = count(employment.left_on) then max(employment.left_on) end
        ) as left_on
    from ranked
    left join employment on ranked.agent_id = employment.agent_id
    where ranked.first_one_first = 1
    group by ranked.agent_id, ranked.programme, ranked.allocation, ranked.enrolled_on
)

select * from final
