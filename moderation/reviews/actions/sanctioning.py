"""Sanctioning the author of a post, and taking a sanction back."""

from dataclasses import replace
from datetime import datetime

from forum import clock
from forum.access import Actor, require
from forum.accounts import actions as accounts
from forum.db import Database
from forum.errors import Conflict
from forum.events import QueueChanged, publish
from forum.guides.queries import CharterRule
from forum.i18n import _
from forum.posts.rules import Post
from forum.proof import digest
from forum.topics.actions.locking import post_for, require_version
from forum.topics.rules import Topic
from moderation.reviews import sanctions, telling
from moderation.reviews.actions.deciding import grounds, record, require_alone
from moderation.reviews.acts import Act
from moderation.reviews.pairs import Ending
from moderation.reviews.queries import decisions
from moderation.reviews.queries import sanctions as queries
from moderation.reviews.sanctions import Restrictions, Sanction, Wish


async def sanction(db: Database, actor: Actor, post_id: int, wish: Wish) -> int:
    """Warns, silences, suspends or reinstates: the account, the log and the notice change together. The decision."""
    async with db.transaction():
        topic, post, rule = await considered(db, actor, post_id, wish)
        await require_alone(db, topic, wish.act)
        return await carry_out(db, actor, topic, post, wish, rule)


async def considered(
    db: Database, actor: Actor, post_id: int, wish: Wish
) -> tuple[Topic, Post, CharterRule | None]:
    """The locked topic and post, and the rule that is cited, if this person may do that to the author now."""
    topic, post = await post_for(db, actor, post_id)
    require_version(post, wish.version)
    await require_possible(db, actor, post, wish.act, wish.seen)
    return topic, post, await grounds(db, wish.verdict())


async def require_possible(db: Database, actor: Actor, post: Post, act: Act, seen: int | None = None) -> None:
    """Nobody else sanctions the author until the transaction ends; two moderators may come by two posts."""
    administrators = await queries.administrators(db, post.author_id)
    await queries.lock(db, post.author_id)
    holds_office = await queries.holds_office(db, post.author_id)
    require(sanctions.can_sanction(actor, post, holds_office=holds_office))
    require(sanctions.leaves_an_administrator(act, post.author_id, administrators))
    given = await queries.of_account(db, post.author_id)
    possible = sanctions.sanctions_on(actor, sanctions.in_force(given), clock.now())
    if act not in possible or seen not in (None, len(given)):
        raise Conflict(_("この人への処分は、もう変わっています。いまの状態を確かめてください。"))


async def carry_out(
    db: Database,
    actor: Actor,
    topic: Topic,
    post: Post,
    wish: Wish,
    rule: CharterRule | None,
    *,
    ending: Ending | None = None,
) -> int:
    """What was considered takes effect, and ends a proposal, if it was one."""
    verdict, until = wish.verdict(), wish.until(clock.now())
    decision_id = await record(db, actor, topic, post, verdict, rule, ending=ending)
    now = await enact(db, post, wish.act, decision_id, until=until)
    part = telling.part(ending, first=False)
    # Beside a longer silence, a shorter one ends with that.
    ends = now.silenced_until if until else None
    await telling.about_sanction(
        db, actor, post, verdict, rule, decision_id=decision_id, until=ends, part=part
    )
    await publish(db, QueueChanged(topic.board_id))  # appeals against what was taken back are over
    return decision_id


async def enact(
    db: Database,
    post: Post,
    act: Act,
    decision_id: int,
    *,
    until: datetime | None = None,
    lifts: int | None = None,
) -> Restrictions:
    """Keeps what was decided about the author of the post, and puts it in force; all that is in force now."""
    added = Sanction(0, decision_id, post.author_id, act, until, lifts, clock.now(), "")
    sha256 = digest(sanctions.document(added, await decisions.line_hash(db, decision_id)))
    await queries.add(db, replace(added, sha256=sha256))
    now = sanctions.in_force(await queries.of_account(db, post.author_id))
    await accounts.restrict(
        db, post.author_id, silenced_until=now.silenced_until, suspended_at=now.suspended_at
    )
    return now
