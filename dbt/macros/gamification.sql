{# Takes what no challenge may claim, so that the challenges always add up to the programme. #}
{% macro unattributed_challenge_id() -%}
    cast('00000000-0000-0000-0000-000000000000' as {{ type_key() }})
{%- endmacro %}

{#
    The credit weight of a challenge on a day: full while active, halved every half-life after it expired or was paused,
    nothing beyond the window, nothing when retired or still a draft. Measured values are never decayed, only credit is.
#}
{% macro lifecycle_weight(status, changed_on, work_date, rules) -%}
    case {{ status }}
        when 'active' then {{ rules }}.active_weight
        when 'paused' then {{ rules }}.paused_weight * {{ decay(changed_on, work_date, rules) }}
        when 'expired' then {{ rules }}.expired_weight * {{ decay(changed_on, work_date, rules) }}
        when 'retired' then {{ rules }}.retired_weight
        else 0.0
    end
{%- endmacro %}

{#
    The day of the change itself still counts in full; a night shift may even lie before it. Rounded, because the power
    functions of the engines differ in the last bit.
#}
{% macro decay(changed_on, work_date, rules) -%}
    case
        when {{ dbt.datediff(changed_on, work_date, 'day') }} > {{ rules }}.decay_window_days then 0.0
        else round(
            power(
                0.5, greatest({{ dbt.datediff(changed_on, work_date, 'day') }}, 0) / {{ rules }}.decay_half_life_days
            ),
            12
        )
    end
{%- endmacro %}

{#
    The versions of a stream whose records carry no dates of their own: each is in force from the batch that brought it
    to the next one. The first is taken to have been true before we knew it; a deleted record keeps its last description.
#}
{% macro record_versions(stream) -%}
    select
        versions.*,
        {{ durable_key('version', 'versions.source', [
            'cast(versions.business_key as ' ~ dbt.type_string() ~ ')',
            instant_text('versions.recorded_at')
        ]) }} as version_key,
        case
            when lag(versions.recorded_at) over (
                partition by versions.business_key
                order by versions.recorded_at
            ) is null then {{ beginning_of_time() }}
            else versions.recorded_at
        end as valid_from,
        coalesce(
            lead(versions.recorded_at) over (
                partition by versions.business_key
                order by versions.recorded_at
            ),
            {{ end_of_time() }}
        ) as valid_to
    from (
        select
            described.*,
            row_number() over (
                partition by described.business_key, described.recorded_at
                order by described.revision desc
            ) as newest_first
        from {{ versions_until(stream) }} as described
        where not described.is_deleted
    ) as versions
    where versions.newest_first = 1
{%- endmacro %}

{#
    What was done, whoever pays for it: the agent's action of one type and metric on one interaction. Without an interaction
    the best there is are two seconds of the agent's time, which is a weak key: two real actions may fall together.
#}
{% macro action_key(event) -%}
    case
        when {{ event }}.interaction_id is not null then {{ durable_key('action', event ~ '.source', [
            'cast(' ~ event ~ '.agent_id as ' ~ dbt.type_string() ~ ')',
            event ~ '.interaction_id',
            "coalesce(" ~ event ~ ".action_type, '')",
            "coalesce(" ~ event ~ ".metric, '')",
        ]) }}
        else {{ durable_key('weak_action', event ~ '.source', [
            'cast(' ~ event ~ '.agent_id as ' ~ dbt.type_string() ~ ')',
            "coalesce(" ~ event ~ ".action_type, '')",
            'cast(' ~ two_second_slot(event ~ '.occurred_at') ~ ' as ' ~ dbt.type_string() ~ ')',
        ]) }}
    end
{%- endmacro %}

{% macro two_second_slot(instant) -%}
    cast(floor({{ seconds_between("cast('1970-01-01 00:00:00' as " ~ dbt.type_timestamp() ~ ")", instant) }} / 2) as bigint)
{%- endmacro %}
