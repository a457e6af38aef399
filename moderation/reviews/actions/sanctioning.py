"""Sanctioning the author of a post, and taking a sanction back."""

from dataclasses import replace
from datetime import datetime

from forum import clock
from forum.access import Actor, require
from forum.accounts import actions as accounts
from forum.db import Database
from forum.errors import Conflict
from forum.i18n import _
from forum.posts.rules import Post
from forum.proof import digest
from forum.topics.actions.locking import post_for, require_version
from moderation.reviews import sanctions, telling
from moderation.reviews.actions.deciding import grounds, record
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions
from moderation.reviews.queries import sanctions as queries
from moderation.reviews.sanctions import Sanction, Wish


async def sanction(db: Database, actor: Actor, post_id: int, wish: Wish) -> int:
    """Warns, silences, suspends or reinstates: the account, the log and the notice change together. The decision."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        # Two moderators may come by two posts.
        await queries.lock(db, post.author_id)
        holds_office = await queries.holds_office(db, post.author_id)
        require(sanctions.can_sanction(actor, post, holds_office=holds_office))
        require_version(post, wish.version)
        now = clock.now()
        before = sanctions.in_force(await queries.of_account(db, post.author_id))
        if wish.act not in sanctions.sanctions_on(actor, before, now):
            raise Conflict(_("この人への処分は、もう変わっています。いまの状態を確かめてください。"))
        verdict = wish.verdict()
        rule = await grounds(db, verdict)
        decision_id = await record(db, actor, topic, post, verdict, rule)
        until = wish.until(now)
        await enact(db, post, wish.act, decision_id, until=until)
        await telling.about_sanction(db, actor, post, verdict, rule, decision_id=decision_id, until=until)
    return decision_id


async def enact(
    db: Database,
    post: Post,
    act: Act,
    decision_id: int,
    *,
    until: datetime | None = None,
    lifts: int | None = None,
) -> None:
    """Keeps what was decided about the author of the post, and puts it in force."""
    added = Sanction(0, decision_id, post.author_id, act, until, lifts, clock.now(), "")
    sha256 = digest(sanctions.document(added, await decisions.line_hash(db, decision_id)))
    await queries.add(db, replace(added, sha256=sha256))
    now = sanctions.in_force(await queries.of_account(db, post.author_id))
    await accounts.restrict(
        db, post.author_id, silenced_until=now.silenced_until, suspended_at=now.suspended_at
    )
