-- Grain: one row: how the last dbt build ended, and whether one began after it and did not end. Called by readMarts.
with
last_build as (
    select
        builds.invocation_id,
        builds.failed,
        builds.finished_at
    from meta.build as builds
    order by builds.finished_at desc
    limit 1
)

select
    (select last_build.invocation_id from last_build) as invocation_id,
    (select last_build.failed from last_build) as failed,
    (
        select count(*)
        from meta.applied as applied
        where applied.applied_at > coalesce((select last_build.finished_at from last_build), applied.applied_at - interval '1' second)
            and applied.invocation_id not in (select builds.invocation_id from meta.build as builds)
    ) as applied_since,
    (
        select count(*)
        from information_schema.tables as tables
        where
            (tables.table_schema = 'marts' and tables.table_name in ('fct_agent_day', 'fct_interaction', 'dim_agent', 'dim_queue'))
            or (tables.table_schema = 'intermediate' and tables.table_name in (
                'int_shifts', 'int_agent_spans', 'int_agent_links', 'int_sources_loaded'
            ))
    ) as tables_present
