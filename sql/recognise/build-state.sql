-- Grain: one row: the last dbt run that built every model without a failure, and what failed since. Called by readMarts.
with
whole as (
    select max(applied.applied_at) as built_at
    from meta.applied as applied
    where applied.model = 'marts'
)

select
    (select whole.built_at is not null from whole) as is_built,
    (
        select coalesce(sum(builds.failed), 0)
        from meta.build as builds
        cross join whole
        where whole.built_at is null or builds.finished_at > whole.built_at
    ) as failed,
    (
        select count(*)
        from tables_built() as tables
        where
            (tables.table_schema = 'marts' and tables.table_name in ('fct_agent_day', 'fct_interaction', 'dim_agent', 'dim_queue'))
            or (tables.table_schema = 'intermediate' and tables.table_name in (
                'int_shifts', 'int_agent_spans', 'int_agent_links', 'int_agents_described', 'int_sources_loaded'
            ))
    ) as tables_present
