"""What is typed into the forms of the procedure."""

from typing import Annotated, Self

from pydantic import BaseModel, model_validator

from forum.text import EMPTY_IS_NONE, Email, Line, Paragraphs, sized
from moderation.reviews.rules import REASON_MAX, RuleNumber
from moderation.rights.rules.requests import ANSWERS, Kind, Right

LINE_MAX = 200
TEXT_MAX = 2000
LOOK_MAX = 200


class Filing(BaseModel):
    """The public form. `name` and what follows is sealed; `words` and `reason` are told to the author of the post."""

    post: Annotated[Line, sized(1, LINE_MAX)]
    infringed: Right
    words: Annotated[Paragraphs, sized(1, TEXT_MAX)]
    reason: Annotated[Paragraphs, sized(1, TEXT_MAX)]
    candidate: bool = False
    name: Annotated[Line, sized(1, LINE_MAX)]
    email: Annotated[Email | None, EMPTY_IS_NONE] = None
    address: Annotated[Line, sized(0, LINE_MAX)] = ""
    behalf: Annotated[Line, sized(0, LINE_MAX)] = ""
    # The number that was made for this form, signed.
    once: Annotated[Line, sized(0, LINE_MAX)] = ""

    @property
    def person(self) -> dict[str, str]:
        """What goes into the envelope."""
        return {
            "name": self.name,
            "email": self.email or "",
            "address": self.address,
            "behalf": self.behalf,
        }


class Reply(BaseModel):
    """The form of the author."""

    answer: Kind
    body: Annotated[Paragraphs, sized(0, TEXT_MAX)] = ""

    @model_validator(mode="after")
    def _is_an_answer(self) -> Self:
        if self.answer not in ANSWERS:
            raise ValueError(self.answer)
        return self


class Judgement(BaseModel):
    """The form of the moderator."""

    outcome: Kind
    rule: RuleNumber = None
    reason: Annotated[Paragraphs, sized(1, REASON_MAX)]


class Look(BaseModel):
    """Why somebody opens the envelope."""

    why: Annotated[Line, sized(1, LOOK_MAX)]
