"""What somebody is writing and has not sent: kept for this person alone, on every device."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from forum.i18n import N_
from forum.text import Line, paragraphs, sized, visible, written

# More than any form takes, so that what is too long to be sent is kept until it is shorter.
LETTERS_MAX = 50_000
# So many drafts of one person are kept; the oldest goes first.
DRAFTS_MAX = 200
KEPT_FOR = timedelta(days=180)
# A draft that was on its way while the form was sent has arrived by then.
LATE = timedelta(minutes=1)
EXCERPT = 120
# What belongs to the form and not to the words.
NOT_TYPED = frozenset({"place", "at", "draft", "file", "alt", "public"})

KINDS = {
    "reply": N_("返信"),
    "topic": N_("新しい話題"),
    "edit": N_("投稿の編集"),
    "inquiry": N_("課への照会"),
    "inquiry-answer": N_("照会への答え"),
    "city-answer": N_("市の回答"),
    "objection": N_("まとめへの異議"),
    "recap": N_("ここまでのまとめ"),
    "theme": N_("テーマの提案"),
}
# What only somebody with an office writes, wherever it stands.
OF_OFFICE = frozenset({KINDS["inquiry"], KINDS["inquiry-answer"], KINDS["city-answer"]})
IN_TOPIC = re.compile(r"(?:reply|recap|city-answer):([1-9][0-9]{0,17})")
OF_POST = re.compile(r"edit:([1-9][0-9]{0,17})")
ON_BOARD = re.compile(r"topic:(.+)")
OTHER_KIND = N_("その他の文章")


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of a form as somebody left them. `version` counts how often they were saved."""

    id: int
    place: str
    url: str
    typed: Mapping[str, list[str]]
    version: int
    saved_at: datetime

    @property
    def stamp(self) -> str:
        """What a form says that goes on from here."""
        return f"{self.id}.{self.version}"

    @property
    def words(self) -> str:
        return " ".join(words(self.typed))

    @property
    def address(self) -> str:
        """Of the form with this draft in it."""
        path, _, anchor = self.url.partition("#")
        return f"{path}{'&' if '?' in path else '?'}draft={self.id}#{anchor}".rstrip("#")

    @property
    def kind(self) -> str:
        return KINDS.get(self.place.partition(":")[0], OTHER_KIND)

    @property
    def is_of_office(self) -> bool:
        return self.kind in OF_OFFICE

    @property
    def topic_id(self) -> int | None:
        """In which discussion it is written, where its place says so."""
        return _number(IN_TOPIC, self.place)

    @property
    def post_id(self) -> int | None:
        """Which post it would change."""
        return _number(OF_POST, self.place)

    @property
    def board_slug(self) -> str | None:
        """On which board it would begin a topic."""
        found = ON_BOARD.fullmatch(self.place)
        return found[1] if found else None


def _number(kind: re.Pattern[str], place: str) -> int | None:
    found = kind.fullmatch(place)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Unsent:
    """The draft with which a form starts, and how many others of the same form there are."""

    draft: Draft
    others: int


class Place(BaseModel):
    """Which form is being filled in, where it is, and from which draft it goes on (see `Draft.stamp`)."""

    place: Annotated[Line, sized(1, 100)]
    at: Annotated[str, Field(pattern=r"^/[a-z][a-z0-9/_?=&.#-]{0,300}$")]
    draft: Annotated[str, Field(pattern=r"^([1-9][0-9]{0,17}\.[0-9]{1,9})?$")] = ""

    @property
    def id(self) -> int:
        """The draft from which the form goes on; 0: none."""
        return int(self.draft.partition(".")[0] or 0)

    @property
    def version(self) -> int:
        return int(self.draft.partition(".")[2] or 0)


def kept_fields(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What of a form is kept, as a page may show it again."""
    return {
        visible(name): [visible(text) for text in texts]
        for name, texts in fields.items()
        if name not in NOT_TYPED
    }


def words(fields: Mapping[str, list[str]]) -> list[str]:
    """What of a form a person wrote, the longest text first; or else, for it may be one English word, the longest that stands in
    it."""
    return written(fields) or sorted(_typed(fields), key=len, reverse=True)[:1]


def is_empty(fields: Mapping[str, list[str]]) -> bool:
    """Whether nothing is written."""
    return not _typed(fields)


def _typed(fields: Mapping[str, list[str]]) -> list[str]:
    """Numbers are what the form itself adds."""
    return [text for texts in fields.values() for text in texts if text.strip() and not text.isdecimal()]


def begin(fields: Mapping[str, list[str]], whole: Mapping[str, list[str]]) -> bool:
    """Whether all that is written is the beginning of what is written in the `whole`: somebody went on from there."""
    return all(
        text.isdecimal()
        or any(paragraphs(longer).startswith(paragraphs(text)) for longer in whole.get(name, [""]))
        for name, texts in fields.items()
        for text in texts
    )


def letters(fields: Mapping[str, list[str]]) -> int:
    return sum(len(name) + sum(map(len, texts)) for name, texts in fields.items())
