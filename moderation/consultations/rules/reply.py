"""What a clerk types to answer a group of opinions."""

from typing import Annotated

from pydantic import BaseModel, Field

from forum.text import Chosen, Paragraphs, RowId, Version, sized

REPLY_LIMIT = 10_000


class Reply(BaseModel):
    """A new version of an answer; `number` is that of the version the clerk saw, 0 for none.

    What a category asks for may come later: a reply is kept as far as it is written, and publishing waits.
    """

    number: Version
    category: Chosen
    body: Annotated[Paragraphs, sized(1, REPLY_LIMIT)]
    reason: Annotated[Paragraphs, sized(0, REPLY_LIMIT)] = ""
    plan_before: Annotated[Paragraphs, sized(0, REPLY_LIMIT)] = ""
    plan_after: Annotated[Paragraphs, sized(0, REPLY_LIMIT)] = ""


class CommonReply(BaseModel):
    """The same first answer to several groups. A change of the plan belongs to one group, and is written there."""

    groups: Annotated[list[RowId], Field(default_factory=list, max_length=1_000)]
    # All that nobody has answered yet, in place of `groups`.
    everything: bool = False
    category: Chosen
    body: Annotated[Paragraphs, sized(1, REPLY_LIMIT)]
    reason: Annotated[Paragraphs, sized(0, REPLY_LIMIT)] = ""
