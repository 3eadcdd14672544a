"""What sqlfluff needs of dbt to render a model without a warehouse: expressions of the right shape, never of the right value."""
