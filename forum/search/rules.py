"""What is asked for, and what counts as found."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel

from forum.errors import Invalid
from forum.i18n import _
from forum.search.asking import Asked, Word, understood
from forum.search.spelling import shortest
from forum.text import Line, sized

QUESTION_MAX = 100
FILTER_MAX = 60
# One letter says nothing in Japanese, and stands in every other post.
LETTERS_MIN = 2
WORDS_MAX = 8
HITS_PER_PAGE = 20
WILD = re.compile(r"([\\%_])")


class Order(StrEnum):
    """Which hits come first."""

    NEWEST = "newest"
    RELEVANCE = "relevance"


class Question(BaseModel):
    """The form: the line with words and filters, and fields for those who type no filters."""

    q: Annotated[Line, sized(0, QUESTION_MAX)] = ""
    board: Annotated[Line, sized(0, FILTER_MAX)] = ""
    tag: Annotated[Line, sized(0, FILTER_MAX)] = ""
    author: Annotated[Line, sized(0, FILTER_MAX)] = ""
    since: Annotated[Line, sized(0, FILTER_MAX)] = ""
    until: Annotated[Line, sized(0, FILTER_MAX)] = ""
    has: Literal["", "city-answer"] = ""
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class Term:
    """A word in every spelling that counts as found, the typed one first; all of them folded."""

    spellings: tuple[str, ...]

    @property
    def sought(self) -> list[str]:
        """What a text must hold one of."""
        return shortest(self.spellings)

    @property
    def indexed(self) -> bool:
        """Whether the index, which knows pairs of letters, can be asked for it."""
        return min(map(len, self.sought)) >= LETTERS_MIN


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of hits begins: after the hit with this post and, by relevance, this score."""

    post_id: int
    score: int = 0


# Beyond it lies every hit.
FIRST = Place(2**63 - 1, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that holds everything that was asked for, in its words or in the title that it opened."""

    post_id: int
    number: int
    state: str
    topic_id: int
    topic_title: str
    topic_state: str
    board_name: str
    board_name_en: str
    pen_name: str
    created_at: datetime
    html: str
    score: int
    # Of the topic.
    answer_state: str | None
    answer_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A board, a tag, a topic or a person, as somebody may choose it."""

    kind: str
    key: str
    name: str
    name_en: str


def asked_in_all(question: Question) -> Asked:
    """The line, and what the fields add to it: where both name a filter, the line counts."""
    fields = {
        "board": question.board,
        "tag": question.tag,
        "author": question.author,
        "after": question.since,
        "before": question.until,
        "has": question.has,
    }
    return understood(question.q, fields)


def words(asked: Asked, folded: list[str]) -> list[Word]:
    """The words that a post must hold, all of them. Single letters ("a b") are looked for as they stand.

    `folded` are the words as the database folds what it looks in. Raises Invalid when there is too little to look for.
    """
    exact = {text for text, word in zip(folded, asked.words, strict=True) if word.exact}
    found = list(
        dict.fromkeys(one for text in folded for one in ([text] if text in exact else text.split(" ")) if one)
    )
    if any(len(word) >= LETTERS_MIN for word in found):
        return [Word(word, word in exact) for word in found[:WORDS_MAX]]
    together = " ".join(folded).strip()
    narrowed = asked.board or asked.tag or asked.author or asked.after or asked.before or asked.has
    if len(together) >= LETTERS_MIN or (together and narrowed):
        return [Word(together, exact=True)]
    if asked.unclear and not together and not narrowed:
        raise Invalid(q=no_day(asked.unclear[0]))
    if not narrowed:
        raise Invalid(q=_("%(least)s文字以上で入力してください。", least=LETTERS_MIN))
    return []


def too_wide() -> str:
    return _(
        "1文字で探すには、投稿が多すぎます。もっと絞り込むか、%(least)s文字以上にしてください。",
        least=LETTERS_MIN,
    )


def no_day(text: str) -> str:
    return _("「%(text)s」は日付として読めませんでした。2026-04-01 のように書いてください。", text=text)


def bigrams(text: str) -> list[str]:
    """Every two letters that follow each other: what the index is asked for before the words are looked at."""
    return sorted({text[at : at + 2] for at in range(len(text) - 1)})


def pattern(text: str) -> str:
    """For LIKE: the text anywhere."""
    return "%" + WILD.sub(r"\\\1", text) + "%"
