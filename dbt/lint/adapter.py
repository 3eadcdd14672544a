"""Stands for dbt's adapter: a dispatched macro becomes a call of its name, or a type where it names one."""


def dispatch(name, package=None):
    if name.startswith("type_"):
        return lambda: "uuid"
    return lambda *arguments: f"{name}({', '.join(str(argument) for argument in arguments)})"
