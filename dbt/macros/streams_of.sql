{#
    The streams whose batches can change a model's rows, itself or through its parents. Every model that records
    meta.applied stands here, and nowhere else: a stream left out would leave its rows stale. int_agent_days_rolled asks its
    parent what differs, and no stream.
#}
{% macro streams_of(model_name) -%}
    {%- set about_agents = [
        'agent', 'identity', 'shift', 'adherence', 'interaction', 'evaluation', 'survey', 'performance_day',
        'gamification_event', 'points_day', 'enrolment',
    ] -%}
    {%- set inputs = ['setting', 'zone_offset'] -%}
    {%- set streams = {
        'int_agents_seen': about_agents,
        'int_agent_versions': about_agents + inputs,
        'int_agent_spans': about_agents + inputs,
        'int_shift_days': about_agents + inputs,
        'int_source_spans': inputs,
        'int_queues_seen': ['interaction'],
        'int_queue_versions': ['interaction', 'queue'],
        'int_interactions_resolved': ['interaction', 'agent', 'identity', 'shift', 'queue'] + inputs,
        'int_interactions_by_agent_day': ['interaction', 'agent', 'identity', 'shift'] + inputs,
        'int_gamification_events_resolved': ['gamification_event', 'agent', 'identity', 'shift'] + inputs,
        'int_gamification_by_agent_day': ['gamification_event', 'agent', 'identity', 'shift'] + inputs,
        'int_agent_days_rolled': [],
        'int_challenges': ['challenge', 'challenge_status', 'gamification_event'],
        'int_challenge_states': ['challenge', 'challenge_status', 'gamification_event'] + inputs,
        'int_gamification_events_credited': [
            'gamification_event', 'challenge', 'challenge_status', 'agent', 'identity', 'shift',
        ] + inputs,
    } -%}
    {%- if model_name not in streams -%}
        {{ exceptions.raise_compiler_error('streams_of: ' ~ model_name ~ ' has no entry') }}
    {%- endif -%}
    {{ return(streams[model_name]) }}
{%- endmacro %}
