"""Emulators read the same SQL text up to sixteen times on its way to DuckDB; parsed once, it is handed out as copies."""
import sqlglot.dialects.dialect as sqlglot_dialect

KEPT = 200


def parse_once():
    parse = sqlglot_dialect.Dialect.parse
    parsed = {}

    def remembered(self, sql, **options):
        key = (type(self), str(self.settings), sql, str(options))
        if key not in parsed:
            if len(parsed) >= KEPT:
                del parsed[next(iter(parsed))]
            parsed[key] = parse(self, sql, **options)
        return [expression and expression.copy() for expression in parsed[key]]

    sqlglot_dialect.Dialect.parse = remembered
