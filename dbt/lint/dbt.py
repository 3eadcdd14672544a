"""Stands for dbt's own macros: each becomes a call or a type of the same name."""


def type_timestamp():
    return "timestamp"


def type_string():
    return "varchar"


def type_float():
    return "double"


def dateadd(part, count, day):
    return f"date_add({day}, {count})"


def datediff(earlier, later, part):
    return f"date_diff('{part}', {earlier}, {later})"


def date_trunc(part, day):
    return f"date_trunc('{part}', {day})"


def last_day(day, part):
    return f"last_day({day})"


def current_timestamp():
    return "now()"


def date_spine(part, first, last):
    return f"select {first} as date_day"


def safe_cast(expression, kind):
    return f"try_cast({expression} as {kind})"


def type_bigint():
    return "bigint"


def type_int():
    return "integer"


def type_boolean():
    return "boolean"


def type_numeric():
    return "numeric(28, 6)"


def concat(parts):
    return " || ".join(parts)


def hash(expression):
    return f"md5({expression})"
