-- Grain: one row: the last dbt build and the marts the report reads. Called by readMartsState (src/app/roi).
select
    (select builds.invocation_id from meta.build as builds order by builds.finished_at desc limit 1) as invocation_id,
    (select builds.failed from meta.build as builds order by builds.finished_at desc limit 1) as failed,
    (
        select count(*)
        from tables_built() as tables
        where
            (tables.table_schema = 'marts' and tables.table_name in (
                'fct_agent_day', 'fct_interaction', 'fct_gamification_event', 'fct_program_month', 'fct_challenge_month',
                'fct_data_quality_month', 'dim_challenge', 'fct_agent_week', 'dim_agent'
            ))
            or (tables.table_schema = 'intermediate' and tables.table_name in (
                'int_first_enrolments', 'int_baselines_by_agent', 'int_effects_by_agent_day', 'int_challenge_states',
                'int_turnover_by_agent_month', 'int_stability_by_month', 'int_interactions_resolved'
            ))
    ) as tables_present
