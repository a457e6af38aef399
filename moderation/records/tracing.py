"""From a hash to what it stands for: the record as this reader may see it, recomputed."""

from collections.abc import Awaitable, Callable

from forum.access import Actor
from forum.db import Database
from forum.i18n import _
from forum.posts.queries import posts
from forum.posts.rules import can_know_of, can_read_words, shown_title, title_for
from forum.posts.viewing import published
from forum.topics import queries as topics
from forum.topics.queries import recount
from forum.topics.rules import can_read_topic
from moderation.consultations import verifying as consultations_verifying
from moderation.consultations.queries import notices
from moderation.consultations.rules import can_see
from moderation.digests import verifying as digests_verifying
from moderation.digests.covering import title_of
from moderation.digests.queries import digests
from moderation.digests.rules import withholds
from moderation.records import beside, documents, queries
from moderation.records.queries.views import views
from moderation.records.rules import Kind, Match, Record
from moderation.submissions import queries as submissions
from moderation.submissions.proofs import is_genuine

# None where the person may not know of the record.
Reader = Callable[[Database, Actor, Match], Awaitable[Record | None]]


async def records(db: Database, actor: Actor, beginning: str) -> list[Record]:
    """Everything whose hash begins so, as far as the person may know of it."""
    matches = await queries.matches(db, beginning) or await views(db, beginning)
    found = [await READERS[Kind(match.kind)](db, actor, match) for match in matches]
    return [record for record in found if record is not None]


async def topic(db: Database, actor: Actor, match: Match) -> Record | None:
    """The title of a topic, for whoever may know of the topic, as they may read it."""
    found, place = await recount.title(db, match.id), await topics.topic(db, match.id)
    if found is None or place is None or not can_read_topic(actor, place):
        return None
    title, document = title_for(actor, place.board_id, place.state, found.title), documents.of_title(found)
    return Record(
        kind=Kind.TOPIC,
        id=found.id,
        sha256=found.sha256,
        title=title,
        url=f"/topics/{found.id}",
        at=found.created_at,
        matches=documents.holds(document, found.sha256),
        document=documents.written(document) if title == found.title else None,
    )


async def revision(db: Database, actor: Actor, match: Match) -> Record | None:
    """A version of a post: known to whoever may know of the post, its words to whoever may read them. As long as it is masked,
    its own hash is known to its author: everybody else could try out what is under the mask."""
    found = await queries.revision(db, match.id)
    post = await posts.view(db, found.post_id) if found else None
    if found is None or post is None or not can_know_of(actor, post):
        return None
    place = await topics.topic(db, post.topic_id)
    assert place is not None
    readable = bool(can_read_words(actor, post))
    genuine = documents.holds(documents.of_revision(found), found.sha256)
    view = await published(db, found)
    if view.seal and match.sha256 == found.sha256 and not actor.wrote(post.author_id):
        return None
    document = documents.of_view(view) if view.seal else documents.of_revision(found)
    return Record(
        kind=Kind.REVISION,
        id=found.id,
        sha256=view.sha256,
        title=_(
            "「%(topic)s」#%(number)s（第%(version)s版）",
            topic=shown_title(place.state, place.title),
            number=post.number,
            version=found.number,
        ),
        url=f"/posts/{post.id}/revisions#revision-{found.number}" if readable else f"/posts/{post.id}",
        at=found.created_at,
        matches=genuine and documents.holds(document, view.sha256),
        words=view.shown if readable else None,
        document=documents.written(document) if readable else None,
        seal=view.seal,
    )


async def submission(db: Database, actor: Actor, match: Match) -> Record | None:
    """What was sent in is public only as far as a published digest cites it; that it was received, always."""
    found = await submissions.by_id(db, match.id)
    consultation = await notices.consultation(db, found.consultation_id) if found else None
    if found is None or consultation is None or not can_see(actor, consultation):
        return None
    if await submissions.is_masked(db, found.id) and not actor.wrote(found.account_id):
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
        matches=documents.holds(document, found.sha256),
        words=words,
        document=documents.written(document) if open_to_all else None,
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


async def answer(db: Database, actor: Actor, match: Match) -> Record | None:
    found = await queries.answer(db, match.id)
    if found is None:
        return None
    document = documents.of_answer(found)
    title = await title_of(db, found.digest_id, found.group_id)
    return Record(
        kind=Kind.ANSWER,
        id=found.id,
        sha256=found.sha256,
        title=_("論点%(n)s「%(title)s」への市の考え方", n=found.group_number, title=title),
        url=f"/consultations/{found.consultation_id}/results/groups/{found.group_number}",
        at=found.published_at,
        matches=documents.holds(document, found.sha256),
        words=found.body,
        document=documents.written(document),
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


READERS: dict[Kind, Reader] = {
    Kind.TOPIC: topic,
    Kind.REVISION: revision,
    Kind.PLAN: beside.plan,
    Kind.SUBMISSION: submission,
    Kind.OPINION: opinion,
    Kind.DIGEST: digest_of_opinions,
    Kind.MAP: beside.opinion_map,
    Kind.ANSWER: answer,
    Kind.CONSULTATION: consultation,
    Kind.DECISION: beside.decision,
    Kind.POLL: beside.poll,
}
