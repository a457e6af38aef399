"""What stands in the way of publishing a digest, by name: the posts, submissions, opinions and groups themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.db import Database
from forum.i18n import _, _n
from forum.posts.rules import shown_title
from moderation.digests.covering import is_covered
from moderation.digests.ledger import Kind, Lack, Ledger, lacks
from moderation.digests.naming import opening
from moderation.digests.queries import groups, opinions, texts
from moderation.digests.queries.texts import Named
from moderation.digests.rules import Digest

# So many are listed of each, and named where it is said in one sentence.
LISTED = 20
IN_A_SENTENCE = 3


@dataclass(frozen=True)
class Thing:
    name: str
    url: str


@dataclass(frozen=True)
class Lacking:
    """A sentence on what is missing; the first of those that it counts, and how many `more` there are."""

    words: str
    things: tuple[Thing, ...]
    more: int

    @property
    def sentence(self) -> str:
        """Whole, for a refusal: with the first names."""
        said = [thing.name for thing in self.things[:IN_A_SENTENCE]]
        if others := len(self.things) + self.more - len(said):
            said.append(_n("ほか%(n)s件", n=others))
        return _("%(sentence)s（%(names)s）", sentence=self.words, names=_("、").join(said))


async def lacking(
    db: Database, digest: Digest, ledger: Ledger, points: Sequence[groups.Named]
) -> list[Lacking]:
    """`points` are its groups as everybody may read them."""
    named = tuple(group.id for group in points if is_covered(group))
    words = _n(
        "公開されていない言葉が題や要約に残っている論点が%(n)s件あります。書きなおしてください。",
        n=len(named),
    )
    found = [*lacks(ledger), *([Lack(words, Kind.GROUP, named)] if named else ())]
    return [
        Lacking(lack.words, await things(db, digest, lack, points), max(0, len(lack.of) - LISTED))
        for lack in found
    ]


async def things(
    db: Database, digest: Digest, lack: Lack, points: Sequence[groups.Named]
) -> tuple[Thing, ...]:
    first = lack.of[:LISTED]
    if lack.kind is Kind.TEXT:
        posts = [number for kind, number in first if kind == "post"]
        submissions = [number for kind, number in first if kind == "submission"]
        return tuple(text(one) for one in await texts.named(db, posts, submissions))
    if lack.kind is Kind.OPINION:
        said = await opinions.by_ids(db, digest.id, list(first))
        return tuple(
            Thing(
                opening(one.text or "") or _("意見%(n)s", n=one.id), f"/digests/{digest.id}/opinions/{one.id}"
            )
            for one in said
        )
    found = {group.id: group for group in points}
    # A colleague may have emptied one meanwhile.
    return tuple(Thing(found[id].title, f"/digests/{digest.id}/groups/{id}") for id in first if id in found)


def text(of: Named) -> Thing:
    if of.post_id is not None:
        name = f"{shown_title(of.topic_state or '', of.topic_title or '')} #{of.post_number}"
        return Thing(name, f"/posts/{of.post_id}")
    return Thing(
        _("受付番号%(receipt)s", receipt=of.receipt),
        f"/consultations/{of.consultation_id}/submissions/{of.receipt}",
    )
