"""What stands beside the chain, by its hash: versions of plans, maps of opinions, lines of the log, results of polls."""

from forum.access import Actor
from forum.boards.rules import can_read
from forum.db import Database
from forum.i18n import _, by_locale
from forum.topics import polling
from forum.topics import queries as topics
from forum.topics.queries import polls
from moderation.consultations import verifying as consultations_verifying
from moderation.consultations.queries import notices, versions
from moderation.digests.queries import digests
from moderation.maps import queries as maps
from moderation.maps import verifying as maps_verifying
from moderation.records.documents import Document, holds, written
from moderation.records.rules import Kind, Match, Record
from moderation.reviews import chain
from moderation.reviews.acts import ACT_NAMES, Act
from moderation.reviews.queries import log


async def plan(db: Database, actor: Actor, match: Match) -> Record | None:
    """A version of a draft plan; there are versions of what was announced alone."""
    kept = await versions.of(db, match.id)
    consultation = await notices.consultation(db, match.id)
    if consultation is None:
        return None
    found = next(version for version in kept if version.sha256 == match.sha256)
    before = kept[found.number - 2].sha256 if found.number > 1 else None
    return Record(
        kind=Kind.PLAN,
        id=match.id,
        sha256=found.sha256,
        title=_("「%(title)s」の計画案（第%(n)s版）", title=consultation.title, n=found.number),
        url=f"/consultations/{match.id}/plan/{found.number}",
        at=found.made_at,
        matches=consultations_verifying.is_genuine_version(match.id, found, before),
        words=found.reason or None,
    )


async def opinion_map(db: Database, actor: Actor, match: Match) -> Record | None:
    found = await maps.drawn(db, match.id)
    if found is None:
        return None
    asked_about = await digests.digest(db, found.digest_id)
    assert asked_about is not None
    return Record(
        kind=Kind.MAP,
        id=found.id,
        sha256=found.sha256,
        title=_("意見の地図：%(title)s", title=asked_about.title),
        url=f"/digests/{found.digest_id}/map",
        at=found.drawn_at,
        matches=await maps_verifying.sha256_of(db, found) == found.sha256,
    )


async def decision(db: Database, actor: Actor, match: Match) -> Record | None:
    """A line of the log, by its number."""
    found = await log.line(db, match.id)
    if found is None or not can_read(actor, found.board_kind):
        return None
    document: Document = {"entry": found.entry, "previous": found.previous}
    said = by_locale(found.board_name, found.board_name_en)
    return Record(
        kind=Kind.DECISION,
        id=found.number,
        sha256=found.sha256,
        title=_(
            "記録第%(n)s号（%(board)s、%(act)s）",
            n=found.number,
            board=said,
            act=_(ACT_NAMES[Act(found.act)]),
        ),
        url=f"/moderation/log/{found.number}",
        at=found.decided_at,
        matches=holds(document, found.sha256) and holds(chain.document(found), found.entry),
        words=found.reason or None,
        document=written(document),
    )


async def poll(db: Database, actor: Actor, match: Match) -> Record | None:
    """The result of a poll, for whoever may see the poll."""
    asked, found = await polls.poll(db, match.id), await polls.result(db, match.id)
    topic = await topics.topic(db, asked.topic_id) if asked else None
    if asked is None or found is None or topic is None or not polling.can_see_poll(actor, topic, asked):
        return None
    document = polling.document(asked, found)
    return Record(
        kind=Kind.POLL,
        id=asked.id,
        sha256=found.sha256,
        title=_("投票：%(question)s", question=asked.question),
        url=f"/polls/{asked.id}",
        at=found.sealed_at,
        matches=holds(document, found.sha256) and polling.follows(found),
        document=written(document),
    )
