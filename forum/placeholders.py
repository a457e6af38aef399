"""Placeholders are written `:name`; PostgreSQL numbers them."""

import re
from functools import cache
from typing import Any

PLACEHOLDER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


@cache
def compiled(sql: str) -> tuple[str, list[str]]:
    """`:name` placeholders become $1, $2 …, each name once."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match[1]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return PLACEHOLDER.sub(number, sql), names


def bound(sql: str, values: dict[str, object]) -> list[Any]:
    """The statement, and its values in the order of their numbers."""
    text, names = compiled(sql)
    if len(names) != len(values):
        raise TypeError(f"placeholders {sorted(names)} and values {sorted(values)} differ")
    return [text, *(values[name] for name in names)]
