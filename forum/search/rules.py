"""What is asked for, and what counts as found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel

from forum.errors import Invalid
from forum.i18n import _
from forum.text import Line, sized

QUESTION_MAX = 100
# One letter says nothing in Japanese, and stands in every other post.
LETTERS_MIN = 2
HITS_PER_PAGE = 20


class Question(BaseModel):
    q: Annotated[Line, sized(1, QUESTION_MAX)]


@dataclass(frozen=True, slots=True)
class Hit:
    """A visible post that holds everything that was asked for, in its words or in the title that it opened."""

    post_id: int
    number: int
    topic_title: str
    topic_state: str
    board_name: str
    board_name_en: str
    pen_name: str
    created_at: datetime
    html: str


def terms(folded: str) -> list[str]:
    """The words that a post must hold, all of them. Single letters ("a b") are looked for as they stand.

    `folded` is the question as the database folds what it looks in. Raises Invalid when it is too short.
    """
    if len(folded) < LETTERS_MIN:
        raise Invalid(q=_("%(least)s文字以上で入力してください。", least=LETTERS_MIN))
    words = list(dict.fromkeys(folded.split(" ")))
    return words if any(len(word) >= LETTERS_MIN for word in words) else [folded]


def bigrams(terms: list[str]) -> list[str]:
    """Every two letters that follow each other: what the index is asked for before the words are looked at."""
    return sorted({term[at : at + 2] for term in terms for at in range(len(term) - 1)})
