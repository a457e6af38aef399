"""From a hash to what it stands for: the record as this reader may see it, recomputed."""

from collections.abc import Awaitable, Callable

from forum.access import Actor
from forum.boards.rules import can_read
from forum.db import Database
from forum.i18n import _, by_locale
from forum.posts.queries import posts
from forum.posts.rules import can_know_of, can_read_words, shown_title
from forum.posts.viewing import published
from forum.proof import canonical, digest
from forum.topics import queries as topics
from moderation.consultations import verifying as consultations_verifying
from moderation.consultations.queries import notices, versions
from moderation.consultations.rules import can_see
from moderation.digests import verifying as digests_verifying
from moderation.digests.queries import digests
from moderation.digests.rules import withholds
from moderation.maps import queries as maps
from moderation.maps import verifying as maps_verifying
from moderation.records import documents, queries
from moderation.records.documents import Document
from moderation.records.rules import Kind, Match, Record
from moderation.reviews import chain
from moderation.reviews.acts import ACT_NAMES, Act
from moderation.reviews.queries import log
from moderation.submissions import queries as submissions
from moderation.submissions.proofs import is_genuine

# None where the person may not know of the record.
Reader = Callable[[Database, Actor, Match], Awaitable[Record | None]]


async def records(db: Database, actor: Actor, beginning: str) -> list[Record]:
    """Everything whose hash begins so, as far as the person may know of it."""
    found = [
        await READERS[Kind(match.kind)](db, actor, match) for match in await queries.matches(db, beginning)
    ]
    return [record for record in found if record is not None]


async def revision(db: Database, actor: Actor, match: Match) -> Record | None:
    """A version of a post: known to whoever may know of the post, its words to whoever may read them."""
    found = await queries.revision(db, match.id)
    post = await posts.view(db, found.post_id) if found else None
    if found is None or post is None or not can_know_of(actor, post):
        return None
    topic = await topics.topic(db, post.topic_id)
    assert topic is not None
    readable, genuine = bool(can_read_words(actor, post)), _holds(documents.of_revision(found), found.sha256)
    view = await published(db, found)
    document = documents.of_view(view) if view.seal else documents.of_revision(found)
    return Record(
        kind=Kind.REVISION,
        id=found.id,
        sha256=view.sha256,
        title=_(
            "「%(topic)s」#%(number)s（第%(version)s版）",
            topic=shown_title(topic.state, topic.title),
            number=post.number,
            version=found.number,
        ),
        url=f"/posts/{post.id}/revisions#revision-{found.number}" if readable else f"/posts/{post.id}",
        at=found.created_at,
        matches=genuine and _holds(document, view.sha256),
        words=view.shown if readable else None,
        document=_written(document) if readable else None,
    )


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


async def submission(db: Database, actor: Actor, match: Match) -> Record | None:
    """What was sent in is public only as far as a published digest cites it; that it was received, always."""
    found = await submissions.by_id(db, match.id)
    consultation = await notices.consultation(db, found.consultation_id) if found else None
    if found is None or consultation is None or not can_see(actor, consultation):
        return None
    return Record(
        kind=Kind.SUBMISSION,
        id=found.id,
        sha256=found.sha256,
        title=_("「%(title)s」に提出された文章", title=consultation.title),
        url=f"/consultations/{consultation.id}",
        at=found.received_at,
        matches=is_genuine(found),
    )


async def opinion(db: Database, actor: Actor, match: Match) -> Record | None:
    found = await queries.opinion(db, match.id)
    if found is None:
        return None
    document = documents.of_opinion(found)
    words = None if withholds(found.reason) else found.text
    open_to_all = words is not None and not found.masked
    return Record(
        kind=Kind.OPINION,
        id=found.id,
        sha256=found.sha256,
        title=_("「%(title)s」の意見", title=found.digest_title),
        url=f"/digests/{found.digest_id}/opinions/{found.id}",
        at=found.published_at,
        matches=_holds(document, found.sha256),
        words=words,
        document=_written(document) if open_to_all else None,
    )


async def digest_of_opinions(db: Database, actor: Actor, match: Match) -> Record | None:
    found = await digests.digest(db, match.id)
    if found is None or found.sha256 is None or found.published_at is None:
        return None
    return Record(
        kind=Kind.DIGEST,
        id=found.id,
        sha256=found.sha256,
        title=found.title,
        url=f"/digests/{found.id}",
        at=found.published_at,
        matches=not await digests_verifying.of_digest(db, found),
        words=found.summary or None,
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


async def answer(db: Database, actor: Actor, match: Match) -> Record | None:
    found = await queries.answer(db, match.id)
    if found is None:
        return None
    document = documents.of_answer(found)
    return Record(
        kind=Kind.ANSWER,
        id=found.id,
        sha256=found.sha256,
        title=_("論点%(n)s「%(title)s」への市の考え方", n=found.group_number, title=found.group_title),
        url=f"/consultations/{found.consultation_id}/results/groups/{found.group_number}",
        at=found.published_at,
        matches=_holds(document, found.sha256),
        words=found.body,
        document=_written(document),
    )


async def consultation(db: Database, actor: Actor, match: Match) -> Record | None:
    found = await notices.consultation(db, match.id)
    if found is None or found.sha256 is None or found.published_at is None:
        return None
    return Record(
        kind=Kind.CONSULTATION,
        id=found.id,
        sha256=found.sha256,
        title=_("「%(title)s」に対する意見及び検討結果", title=found.title),
        url=f"/consultations/{found.id}/results",
        at=found.published_at,
        matches=not await consultations_verifying.of_result(db, found),
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
        matches=_holds(document, found.sha256) and _holds(chain.document(found), found.entry),
        words=found.reason or None,
        document=_written(document),
    )


READERS: dict[Kind, Reader] = {
    Kind.REVISION: revision,
    Kind.PLAN: plan,
    Kind.SUBMISSION: submission,
    Kind.OPINION: opinion,
    Kind.DIGEST: digest_of_opinions,
    Kind.MAP: opinion_map,
    Kind.ANSWER: answer,
    Kind.CONSULTATION: consultation,
    Kind.DECISION: decision,
}


def _holds(document: Document, sha256: str) -> bool:
    return digest(document) == sha256


def _written(document: Document) -> str:
    return canonical(document).decode()
