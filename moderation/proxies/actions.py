"""Writing an opinion into a discussion for somebody without an account, and correcting it at their word."""

from dataclasses import replace

from forum import clock
from forum.access import Actor, Role, require
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.posts.queries import posts
from forum.posts.rules import APPROVED_POSTS_FOR_STANDING, Draft, Edit
from forum.proof import digest
from forum.topics.actions import discussing
from forum.topics.actions.locking import post_for, topic_for
from moderation.proxies import queries, rules
from moderation.proxies.rules import Corrected, Correction, Entered, Entry


async def enter(
    db: Database, actor: Actor, topic_id: int, form: Entry, receipt: str | None = None
) -> tuple[int, str]:
    """The post, and the number of the receipt that the person takes home. With the `receipt` that was made for the form, the
    same is entered once, however often it comes."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(rules.can_enter_for_others(actor, topic))
        if receipt and (known := await queries.known(db, receipt)):
            if known.is_same(actor, topic, form):
                return known.post_id, receipt
            receipt = None
        assert actor.id is not None
        assert actor.section_id is not None
        citizen = await _citizen(db)
        post_id = await discussing.reply(db, citizen, topic.id, Draft(body=form.body))
        entry = Entered(
            post_id, form.channel, actor.section_id, receipt or rules.new_receipt(), form.received_on, actor.id, clock.now(), ""
        )  # fmt: skip
        await queries.add(db, replace(entry, sha256=digest(rules.entry_document(entry))))
    return post_id, entry.receipt


async def correct(db: Database, actor: Actor, post_id: int, form: Correction) -> None:
    """A new revision by the same person; why stays beside it."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        entry = await queries.entry(db, post_id)
        if entry is None:
            raise NotFound
        require(rules.can_correct(actor, topic, entry.section_id, post.state))
        citizen = await account_queries.actor(db, post.author_id)
        assert citizen is not None
        assert actor.id is not None
        edit = Edit(body=form.body, version=form.version)
        if not await discussing.edit(db, citizen, post_id, edit):
            raise Invalid(body=_("前の文章と同じです。直すところを直してください。"))
        rewritten = await posts.post(db, post_id)
        assert rewritten is not None
        correction = Corrected(rewritten.revision_id, form.because, actor.id, clock.now(), "")
        sha256 = digest(rules.correction_document(correction))
        await queries.add_correction(db, replace(correction, sha256=sha256))


async def _citizen(db: Database) -> Actor:
    """Somebody of their own, so that each counts as a person; the section vouches for them."""
    account_id = await accounts.admit_without_door(db, rules.ANONYMOUS)
    found = await account_queries.actor(db, account_id)
    assert found is not None
    return replace(found, role=Role.RESIDENT, approved_posts=APPROVED_POSTS_FOR_STANDING)
