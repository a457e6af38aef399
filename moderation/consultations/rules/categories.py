"""The ways in which this city answers. A name is given once: results are sealed with it, so a new name is a new category."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.i18n import N_, _
from forum.text import Line, sized
from moderation.consultations.rules.completeness import Category

LABEL_LIMIT = 40
CODE = re.compile("[a-z][a-z_]{1,29}")


def check_code(code: str) -> str:
    if not CODE.fullmatch(code):
        raise PydanticCustomError("code", N_("英小文字と _ で、2文字から30文字で書いてください。"))
    return code


class NewCategory(BaseModel):
    """What the administrator types."""

    code: Annotated[Line, AfterValidator(check_code)]
    label: Annotated[Line, sized(1, LABEL_LIMIT)]
    label_en: Annotated[Line, sized(1, LABEL_LIMIT)]
    label_plain: Annotated[Line, sized(1, 2 * LABEL_LIMIT)]
    counts_as_reflected: bool = False
    requires_diff: bool = False
    requires_reason: bool = False


def can_change_categories(actor: Actor) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.role != Role.ADMINISTRATOR:
        return Ruling(_("回答の区分を変えられるのは、管理者だけです。"))
    return ALLOWED


def can_retire(code: str, categories: Sequence[Category]) -> Ruling:
    """Clerks need at least one to choose."""
    if not [category for category in categories if not category.retired and category.code != code]:
        return Ruling(_("最後の区分はやめられません。"))
    return ALLOWED


def can_add(new: NewCategory, categories: Sequence[Category]) -> dict[str, str]:
    """One sentence for each field in which it is like another."""
    found = {}
    if new.code in [category.code for category in categories]:
        found["code"] = _("この記号はもう使われています。")
    if new.label in [category.label for category in categories if not category.retired]:
        found["label"] = _("同じ名前の区分があります。")
    return found
