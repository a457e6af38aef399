"""Typed values into models: one sentence, in the person's language, for each that cannot be accepted."""

from collections.abc import Mapping
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ErrorType

from forum.errors import Invalid
from forum.i18n import N_, _
from forum.text import clean

M = TypeVar("M", bound=BaseModel)

# Sentences for what pydantic itself refuses, whose own are English; our own checks bring their own.
OF_PYDANTIC = frozenset(get_args(ErrorType))
UNUSABLE = N_("形式が正しくありません。")
SENTENCES = {
    "missing": N_("入力してください。"),
    "string_type": N_("入力してください。"),
    "int_parsing": N_("数字で入力してください。"),
    "int_parsing_size": N_("数が大きすぎます。"),
    "greater_than": N_("数が小さすぎます。"),
    "greater_than_equal": N_("数が小さすぎます。"),
    "less_than": N_("数が大きすぎます。"),
    "less_than_equal": N_("数が大きすぎます。"),
    "literal_error": N_("選択肢から選んでください。"),
    "enum": N_("選択肢から選んでください。"),
    "too_short": N_("一つ以上選んでください。"),
    "too_long": N_("一度に選べる数を超えています。"),
    "date_from_datetime_parsing": N_("日付を入力してください。"),
    "datetime_from_date_parsing": N_("日時を入力してください。"),
}


def validated(model: type[M], values: Mapping[str, object]) -> M:
    """The values as a model. Raises Invalid with one sentence for each bad field."""
    # Whatever a field allows, what nobody can read and no database keeps is refused here.
    fields = {name: problem for name, value in values.items() if (problem := _unreadable(value))}
    try:
        found = model.model_validate(values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0]) if detail["loc"] else "form"
            kind = detail["type"]
            sentence = SENTENCES.get(kind, UNUSABLE) if kind in OF_PYDANTIC else detail["msg"]
            fields.setdefault(name, _(sentence, **detail.get("ctx", {})))
    if fields:
        raise Invalid(**fields)
    return found


def _unreadable(value: object) -> str | None:
    """One sentence about what was typed into a field, if it holds characters that nobody can read."""
    for text in value if isinstance(value, list) else [value]:
        try:
            clean(str(text))
        except PydanticCustomError as problem:
            return _(problem.message_template)
    return None
