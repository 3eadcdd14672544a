"""DuckDB makes a table from a query or from columns with types, not from both, as dbt does for a contract: the types become
casts of what the query gives, as BigQuery coerces it."""
import sqlglot.dialects.dialect as sqlglot_dialect
from sqlglot import exp


def type_tables():
    parse = sqlglot_dialect.Dialect.parse

    def typed(self, sql, **options):
        return [expression and with_casts(expression) for expression in parse(self, sql, **options)]

    sqlglot_dialect.Dialect.parse = typed


def with_casts(create):
    if not (isinstance(create, exp.Create) and isinstance(create.this, exp.Schema) and create.expression):
        return create
    columns = [column for column in create.this.expressions if isinstance(column, exp.ColumnDef)]
    query = create.expression.unnest() if isinstance(create.expression, exp.Subquery) else create.expression
    casts = [exp.cast(exp.column(column.name), column.kind.copy()).as_(column.name) for column in columns]
    create.set("this", create.this.this)
    create.set("expression", exp.select(*casts).from_(query.copy().subquery("given")))
    return create
