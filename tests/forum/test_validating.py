"""Whatever is refused is refused in one sentence of the reader's language."""

import re
from typing import Annotated, get_args

import pytest
from pydantic import BaseModel, Field
from pydantic_core.core_schema import ErrorType

from forum.errors import Invalid
from forum.text import Line, sized
from forum.validating import validated
from tests.test_house_rules import MODULES


class Typed(BaseModel):
    name: Annotated[Line, sized(2, 5)] = "名前"
    number: Annotated[int, Field(ge=1, le=3)] = 1
    above: Annotated[int, Field(gt=1, lt=3)] = 2
    chosen: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    code: Annotated[str, Field(pattern="^[a-z]*$", max_length=3)] = ""


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "入力してください。"),
        ("name", "\u200b\u2060\u3164", "入力してください。"),  # as long as it may be, and nothing to be seen
        ("name", "名", "2文字以上で入力してください。"),
        ("name", "名前が長い", None),
        ("name", "名前が長いよ", "5文字以内で入力してください（いまは6文字です）。"),
        ("name", "名\u202e前", "使えない文字（制御文字など）が含まれています。取り除いてください。"),
        ("number", "0", "数が小さすぎます。"),
        ("number", "4", "数が大きすぎます。"),
        ("number", "一", "数字で入力してください。"),
        ("number", "9" * 5000, "数が大きすぎます。"),
        ("above", "1", "数が小さすぎます。"),
        ("above", "3", "数が大きすぎます。"),
        ("chosen", [], "一つ以上選んでください。"),
        ("chosen", [1, 2, 3], "一度に選べる数を超えています。"),
        ("code", "A", "形式が正しくありません。"),
        ("code", "abcd", "形式が正しくありません。"),
    ],
)
def test_each_refusal_has_a_sentence(field: str, value: object, sentence: str | None) -> None:
    if sentence is None:
        assert validated(Typed, {field: value})
        return
    with pytest.raises(Invalid) as refused:
        validated(Typed, {field: value})
    assert refused.value.fields == {field: sentence}


def test_no_refusal_of_ours_is_taken_for_one_of_the_library() -> None:
    ours = {
        name for path in MODULES for name in re.findall(r'PydanticCustomError\(\s*"(\w+)"', path.read_text())
    }
    assert "short_text" in ours
    assert ours & set(get_args(ErrorType)) == {"missing"}, "which both say in the same words"
