"""Masking passages of a post, and lifting all its masks. The words stay as their author wrote them."""

import secrets

from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.events import PostChanged, QueueChanged, publish
from forum.i18n import _
from forum.posts import actions as post_actions
from forum.posts.queries import masks, posts, revisions
from forum.posts.rules import Post
from forum.topics import queries as topics
from forum.topics.actions.locking import post_for, require_version
from forum.topics.rules import Topic
from moderation.reviews import rules, telling
from moderation.reviews.actions.deciding import grounds, record
from moderation.reviews.acts import Act
from moderation.reviews.masking import Wish, lacking_in_wish, masking_acts, places
from moderation.reviews.queries import claims, reports
from moderation.reviews.targets import Target

SALT_BYTES = 32


async def decide(db: Database, actor: Actor, post_id: int, wish: Wish) -> int:
    """Masks, or lifts: what is published, the log, the reports and the notices change together or not at all."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        require(rules.can_review(actor, post))
        require_version(post, wish.version)
        verdict = wish.verdict()
        rule = await grounds(db, verdict)
        before = await masks.passages(db, post.id)
        if wish.act not in masking_acts(post.state, masks=bool(before)):
            raise Conflict(_("この投稿の状態はもう変わっています。いまの内容を確かめてください。"))
        history = await revisions.of_post(db, post.id)
        chosen = wish.chosen() if wish.act is Act.MASK else []
        found = places(chosen, history)
        if wish.act is Act.MASK and (lacking := lacking_in_wish(chosen, found, post.shown)):
            raise Invalid(**lacking)
        # Before the decision: the line of the log names the revision by its seal.
        await masks.seal(db, post.id, secrets.token_hex(SALT_BYTES))
        decision_id = await record(db, actor, topic, post, verdict, rule)
        if wish.act is Act.UNMASK:
            await masks.lift(db, post.id, decision_id)
        for place in found.values():
            assert place is not None
            revision_id, start, end = place
            await masks.add(
                db, post_id=post.id, revision_id=revision_id, start=start, end=end, decision_id=decision_id
            )
        shown = await show(db, topic, post)
        await claims.release(db, Target.POST, post.id, actor.id or 0)
        reporters = await reports.settle(db, post.id, decision_id=decision_id, newest=wish.report)
        await telling.about_decision(db, actor, shown, verdict, rule, reporters, decision_id=decision_id)
        await publish(db, QueueChanged(topic.board_id))
    return decision_id


async def show(db: Database, topic: Topic, post: Post) -> Post:
    """Publishes the post with the masks that are in force now."""
    change = await topics.next_change(db, topic.id)
    passages = await masks.passages(db, post.id)
    await post_actions.show_masked(db, post, passages, change=change)
    await publish(db, PostChanged(topic.id, post.id, change))
    shown = await posts.post(db, post.id)
    assert shown is not None
    return shown
