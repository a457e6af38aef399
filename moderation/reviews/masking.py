"""Masking: what may be masked in which post, and where in its versions a passage stands."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.i18n import _
from forum.posts.masking import MASK, masked
from forum.posts.queries.masks import Kept
from forum.posts.rules import Revision, State
from forum.text import Line, Paragraphs, sized
from moderation.reviews.acts import Act
from moderation.reviews.rules import REASON_MAX, RowId, RuleNumber, Verdict

PASSAGES_MAX = 50
PASSAGE_MAX = 200
# One letter stands everywhere: masking it would take a text to pieces.
PASSAGE_MIN = 2
LOOK_MAX = 200

Passages = Annotated[Paragraphs, sized(0, PASSAGES_MAX * PASSAGE_MAX)]
# A revision, and where in it a passage begins and ends.
Place = tuple[int, int, int]


class Wish(BaseModel):
    """The form: passages that were ticked among the hints, and others, one in each line."""

    act: Act
    hint: Annotated[list[Passages], Field(max_length=10 * PASSAGES_MAX)] = []
    passages: Passages = ""
    rule: RuleNumber = None
    reason: Annotated[Paragraphs, sized(0, REASON_MAX)] = ""
    version: RowId
    report: RowId = 0

    def chosen(self) -> list[str]:
        """Each once, in the order in which they were chosen."""
        lines = [line.strip() for line in [*self.hint, *self.passages.split("\n")]]
        return list(dict.fromkeys(line for line in lines if line))

    def verdict(self) -> Verdict:
        return Verdict(
            act=self.act, rule=self.rule, reason=self.reason, version=self.version, report=self.report
        )


class Look(BaseModel):
    """Why somebody wants to see what is under a mask."""

    reason: Annotated[Line, sized(1, LOOK_MAX)]


def can_see_looks(actor: Actor) -> Ruling:
    """Who looked at sealed words is shown to those who answer for all moderators."""
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_administrator else Ruling(_("管理者だけが開けます。"))


def document(mask: Kept) -> dict[str, object]:
    """What the hash of a mask is made of (docs/provenance.md)."""
    return {
        "decision": mask.decision_sha256,
        "end": mask.end_at,
        "mask": mask.id,
        "revision": mask.revision_sha256,
        "start": mask.start_at,
    }


def masking_acts(state: str, *, masks: bool) -> tuple[Act, ...]:
    """A post that its author took back is shown to nobody: there is nothing to mask, and nothing to lift."""
    if state == State.WITHDRAWN:
        return ()
    return (Act.MASK, Act.UNMASK) if masks else (Act.MASK,)


def places(passages: Iterable[str], history: Iterable[Revision]) -> dict[str, Place | None]:
    """Where each passage stands first in the newest version that says it; None where no version does."""
    newest_first = sorted(history, key=lambda revision: -revision.number)
    return {passage: _place(passage, newest_first) for passage in passages}


def lacking_in_wish(
    chosen: list[str], found: dict[str, Place | None], shown: str, reason: str = ""
) -> dict[str, str]:
    """`shown` is what is published now; the `reason` will be, for good."""
    if not chosen:
        return {"passages": _("伏せる言葉を選ぶか、書いてください。")}
    if len(chosen) > PASSAGES_MAX:
        return {"passages": _("一度に伏せられるのは%(n)sか所までです。", n=PASSAGES_MAX)}
    if short := [passage for passage in chosen if len(passage) < PASSAGE_MIN]:
        return {"passages": _("「%(words)s」は短すぎます。2文字以上を選んでください。", words=short[0])}
    if missing := [passage for passage, place in found.items() if place is None]:
        return {"passages": _("「%(words)s」は、この投稿のどの版にもありません。", words=missing[0])}
    if not masked(shown, chosen).replace(MASK, "").strip():
        return {"passages": _("文章の全部は伏せられません。投稿を非公開にしてください。")}
    if said := [passage for passage in chosen if passage in reason]:
        return {"reason": _("伏せる言葉「%(words)s」が入っています。理由は公開されます。", words=said[0])}
    return {}


def _place(passage: str, newest_first: list[Revision]) -> Place | None:
    for revision in newest_first:
        if (start := revision.raw.find(passage)) >= 0:
            return revision.id, start, start + len(passage)
    return None
