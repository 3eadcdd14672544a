"""Emulators read the same SQL text up to sixteen times on its way to DuckDB; parsed once, it is handed out as copies.

sqlglotc, sqlglot compiled, is in the lock files for its speed alone: it reads and writes a statement in two fifths of the time.
"""
import copy
import gc

import sqlglot.dialects.dialect as sqlglot_dialect
from sqlglot.expressions import core

KEPT = 200
PLAIN = {int, str, float, bool, type(None)}


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
    core.deepcopy = copy_deeply
    # Trees of many thousand nodes come and go; looking for cycles each 700 new objects is a sixth of the work.
    gc.set_threshold(100_000, 20, 20)


def copy_deeply(value, *memo):
    """copy.deepcopy, in three fifths of the time for what most nodes carry: where they stood in the text, and comments."""
    if type(value) is dict and all(type(part) in PLAIN for part in value.values()):
        return dict(value)
    if type(value) is list and all(type(part) in PLAIN for part in value):
        return list(value)
    return copy.deepcopy(value, *memo)
