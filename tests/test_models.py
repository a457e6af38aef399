"""Every field that takes typed text has a bound, and takes what shows nothing for nothing: of all models there are."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import forum
import moderation

# What the program itself brings along, or whoever runs it says: no form.
NOT_TYPED = ("forum.commands.", "forum.settings", "forum.screening.words", "moderation.reviews.canned")
# More than most may be, and more than anything.
MUCH = (30_000, 500_000)
# Zero-width, a filler of Hangul, a soft hyphen between joiners, a cell of Braille without a dot, a line of them.
NOTHING = ["\u200b\u2060", "\u3164", "\u200d\u00ad\u200d", "\u2800", "\u200b\n\u3000\u200b"]


@cache
def models() -> list[type[BaseModel]]:
    for package in (forum, moderation):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return sorted(
        {
            model
            for model in below(BaseModel)
            if model.__module__.startswith(("forum.", "moderation."))
            and not model.__module__.startswith(NOT_TYPED)
        },
        key=lambda model: (model.__module__, model.__qualname__),
    )


def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from below(one)


@cache
def texts() -> list[tuple[str, TypeAdapter[Any], bool]]:
    """(name, what is accepted, whether it is a list) of every field that takes text of any kind."""
    return list(_texts())


def _texts() -> Iterator[tuple[str, TypeAdapter[Any], bool]]:
    for model in models():
        for name, field in model.model_fields.items():
            accepted = TypeAdapter[Any](field.rebuild_annotation())
            for kind in {*kinds(accepted.json_schema())}:
                yield f"{model.__module__}.{model.__qualname__}.{name}", accepted, kind == "array"


def kinds(schema: dict[str, Any]) -> Iterator[str]:
    """A string or an array, for each way in which text may come; no choice among ours, and no date."""
    if schema.get("type") == "string" and not {"enum", "const", "format"} & {*schema}:
        yield "string"
    if schema.get("type") == "array" and any(kinds(schema.get("items", {}))):
        yield "array"
    for other in schema.get("anyOf", []):
        yield from kinds(other)


def taken(accepted: TypeAdapter[Any], is_list: bool, text: str) -> str | None:
    """What becomes of a text; None if it is refused."""
    try:
        found = accepted.validate_python([text] if is_list else text)
    except ValidationError:
        return None
    return str((found[0] if found else "") if is_list else "" if found is None else found)


def takes(field: tuple[str, TypeAdapter[Any], bool], text: str) -> bool:
    """Whether all of it is kept."""
    return len(taken(*field[1:], text) or "") >= len(text)


def test_every_text_has_a_bound() -> None:
    assert len(texts()) > 200
    unbounded = texts()
    for much in MUCH:
        unbounded = [field for field in unbounded if any(takes(field, letter * much) for letter in "a1")]
    assert [name for name, *_way in unbounded] == []


@pytest.mark.parametrize("text", NOTHING)
def test_what_shows_nothing_is_nothing(text: str) -> None:
    """A required text refuses it, and one that may be empty is empty then."""
    assert [name for name, *way in texts() if (taken(*way, text) or "").strip()] == []
