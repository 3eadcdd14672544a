-- Grain: one row per version of an agent under one native id; the versions of a native id cover all of time.
-- A record says itself from when it holds (effective_at), else it holds from when it was loaded. The first one reaches
-- back to the beginning: work done before a roster was delivered is not lost. An id without a record gets an inferred one.
{{ config(post_hook=["{{ mark_applied('int_agent_versions', ['int_agents_seen']) }}"]) }}
with
agents_seen as (
    select * from {{ ref('int_agents_seen') }}
),

current_records as (
    select * from {{ as_of('agent') }}
),

all_records as (
    select * from {{ versions_until('agent') }}
),

dated as (
    select
        current_records.*,
        current_records.effective_at as holds_from
    from current_records
    where current_records.effective_at is not null
    union all
    select
        all_records.*,
        all_records.recorded_at as holds_from
    from all_records
    inner join current_records on all_records.business_key = current_records.business_key
    where current_records.effective_at is null and not all_records.is_deleted
),

ranked as (
    select
        dated.*,
        row_number() over (
            partition by dated.subject_id, dated.holds_from
            order by dated.revision desc, dated.seq desc
        ) as newest_first
    from dated
),

spans as (
    select
        ranked.*,
        lag(ranked.holds_from) over (
            partition by ranked.subject_id
            order by ranked.holds_from
        ) as previous_from,
        lead(ranked.holds_from) over (
            partition by ranked.subject_id
            order by ranked.holds_from
        ) as next_from
    from ranked
    where ranked.newest_first = 1
),

versions as (
    select
        agents_seen.subject_id,
        agents_seen.source,
        agents_seen.agent_native_id,
        spans.subject_id is null as is_inferred,
        spans.display_name,
        spans.zone,
        spans.team_id,
        spans.team_name,
        spans.site,
        spans.role,
        spans.employment,
        spans.hired_on,
        spans.left_on,
        spans.left_reason,
        spans.is_active,
        case
            when spans.previous_from is null then {{ beginning_of_time() }} else spans.holds_from
        end as valid_from,
        coalesce(spans.next_from, {{ end_of_time() }}) as valid_to
    from agents_seen
    left join spans on agents_seen.subject_id = spans.subject_id
),

final as (
    select
        {{ durable_key('agent_version', 'versions.source', [
            'cast(versions.subject_id as ' ~ dbt.type_string() ~ ')',
            instant_text('versions.valid_from'),
        ]) }} as agent_key,
        versions.*
    from versions
)

select * from final
