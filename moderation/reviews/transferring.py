"""The forms by which posts are taken to another topic, or brought back."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from forum.i18n import _
from forum.text import Line, Paragraphs, RowId, sized
from forum.topics.rules import TITLE_MAX
from forum.topics.transfers import CHOSEN_MAX
from moderation.reviews.rules import REASON_MAX

# 12, #12, or the address of a page of the topic.
ADDRESS = re.compile(r"(?:\S*/topics/|#)?(\d{1,18})(?:[/?#]\S*)?", re.ASCII)


class Way(StrEnum):
    """Some posts into a new topic or into another one that there is; or all that stands there."""

    NEW = "new"
    INTO = "into"
    WHOLE = "whole"


def _number(typed: object) -> object:
    found = ADDRESS.fullmatch(typed.strip()) if isinstance(typed, str) else None
    return int(found[1]) if found else 0


TopicNumber = Annotated[int, BeforeValidator(_number)]


class Transferring(BaseModel):
    """The form: what goes where, and why."""

    way: Way
    posts: Annotated[list[RowId], Field(max_length=CHOSEN_MAX)] = []
    reason: Annotated[Paragraphs, sized(1, REASON_MAX)]
    title: Annotated[Line, sized(0, TITLE_MAX)] = ""
    board_id: RowId = 1
    to: TopicNumber = 0


class TakingBack(BaseModel):
    """The form: which transfer is undone, and why."""

    transfer: RowId
    why: Annotated[Paragraphs, sized(1, REASON_MAX)]


def lacking(wish: Transferring) -> dict[str, str]:
    """What is still to be filled in, by field."""
    found: dict[str, str] = {}
    if wish.way is Way.NEW and len(wish.title) < 2:
        found["title"] = _("新しい話題の題名を、2文字以上で書いてください。")
    if wish.way is not Way.NEW and not wish.to:
        found["to"] = _("話題のアドレスか番号を入れてください。")
    if wish.way is not Way.WHOLE and not wish.posts:
        found["posts"] = _("移す投稿を選んでください。")
    return found
