"""Masking passages of a post, and lifting all its masks. The words stay as their author wrote them."""

import secrets
from collections.abc import Sequence

from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.events import PostChanged, QueueChanged, publish
from forum.guides.queries import CharterRule
from forum.i18n import _
from forum.posts import actions as post_actions
from forum.posts.queries import masks, posts, revisions
from forum.posts.rules import Post
from forum.topics import queries as topics
from forum.topics.actions.locking import post_for, require_version
from forum.topics.rules import Topic
from moderation.reviews import rules, telling
from moderation.reviews.actions.deciding import grounds, record, require_alone
from moderation.reviews.acts import Act
from moderation.reviews.masking import Place, Wish, lacking_in_wish, masking_acts, places
from moderation.reviews.pairs import Ending
from moderation.reviews.queries import claims, reports
from moderation.reviews.rules import Verdict
from moderation.reviews.targets import Target

SALT_BYTES = 32


async def decide(db: Database, actor: Actor, post_id: int, wish: Wish) -> int:
    """Masks, or lifts: what is published, the log, the reports and the notices change together or not at all."""
    async with db.transaction():
        topic, post, rule, found = await considered(db, actor, post_id, wish)
        await require_alone(db, topic, wish.act)
        return await carry_out(db, actor, topic, post, wish.verdict(), rule, found)


async def considered(
    db: Database, actor: Actor, post_id: int, wish: Wish
) -> tuple[Topic, Post, CharterRule | None, list[Place]]:
    """The locked topic and post, the rule that is cited and the places to mask, if this person may do that now."""
    topic, post = await post_for(db, actor, post_id)
    require(rules.can_review(actor, post))
    require_version(post, wish.version)
    rule = await grounds(db, wish.verdict())
    before = await masks.passages(db, post.id)
    if wish.act not in masking_acts(post.state, masks=bool(before)):
        raise Conflict(_("この投稿の状態はもう変わっています。いまの内容を確かめてください。"))
    history = await revisions.of_post(db, post.id)
    chosen = wish.chosen() if wish.act is Act.MASK else []
    found = places(chosen, history)
    if wish.act is Act.MASK and (lacking := lacking_in_wish(chosen, found, post.shown, wish.reason)):
        raise Invalid(**lacking)
    return topic, post, rule, [place for place in found.values() if place]


async def carry_out(
    db: Database,
    actor: Actor,
    topic: Topic,
    post: Post,
    verdict: Verdict,
    rule: CharterRule | None,
    found: Sequence[Place],
    *,
    ending: Ending | None = None,
    first: bool = False,
) -> int:
    """What was considered is published so. `ending` and `first` as in deciding; a proposal that is not confirmed takes
    its own masks along."""
    # Before the decision: the line of the log names the revision by its seal.
    await masks.seal(db, post.id, secrets.token_hex(SALT_BYTES))
    decision_id = await record(db, actor, topic, post, verdict, rule, ending=ending)
    if verdict.act is Act.UNMASK:
        await masks.lift(db, post.id, decision_id, set_by=ending.proposal.enacted_by if ending else None)
    for revision_id, start, end in found:
        await masks.add(
            db, post_id=post.id, revision_id=revision_id, start=start, end=end, decision_id=decision_id
        )
    shown = await show(db, topic, post)
    await claims.release(db, Target.POST, post.id, actor.id or 0)
    # Lifting a mask says nothing of what was reported since.
    newest = verdict.report if verdict.act is Act.MASK else 0
    reported = await reports.settle(db, post.id, decision_id=decision_id, newest=newest, polls=[])
    part = telling.part(ending, first=first)
    await telling.about_decision(
        db, actor, shown, verdict, rule, reported, decision_id=decision_id, part=part
    )
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
