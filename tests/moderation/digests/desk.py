"""A discussion to digest, and what stands on the bench: for the tests of digests."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from forum import clock
from forum.access import Actor
from forum.boards.rules import Board
from forum.db import Database
from forum.posts.rules import Edit, Post
from forum.topics.actions import discussing
from moderation.digests import actions
from moderation.digests.queries import digests, groups, opinions
from moderation.digests.queries.groups import Group
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest, Plan, Sorting
from tests import judging
from tests.factories import a_board, a_moderator, a_post, a_staff_member, a_topic, the_post

ZONE = ZoneInfo("Asia/Tokyo")
SAID = (
    "図書館を夜も開けてほしいです。仕事帰りに寄れません。",
    "図書館の夜間の開館を増やすことに賛成です。",
    "北口の駐輪場が足りません。駐輪場を増やしてほしいです。",
    "駅前の駐輪場はいつも満車です。立体の駐輪場を検討してください。",
    "ありがとうございます。\n\n> 駐輪場を増やしてほしい\n\n子ども食堂に補助を出してください。",
)


async def a_discussion(db: Database, board: Board | None = None) -> list[Post]:
    """A topic whose posts say SAID, each by someone else."""
    topic = await a_topic(db, board=board or await a_board(db), body=SAID[0])
    return [topic, *[await a_post(db, topic=topic, body=words) for words in SAID[1:]]]


def a_plan(**sources: object) -> Plan:
    today = clock.now().astimezone(ZONE).date()
    return Plan.model_validate(
        {"title": "駅前と図書館", "first_day": today - timedelta(days=7), "last_day": today, **sources}
    )


async def a_draft(db: Database, posts: list[Post], by: Actor | None = None) -> Digest:
    """A digest of the topic of these posts, compiled."""
    plan = a_plan(topics=[posts[0].topic_id])
    return await the_digest(db, await actions.start(db, by or await a_staff_member(db), plan, ZONE))


async def the_digest(db: Database, digest_id: int) -> Digest:
    found = await digests.digest(db, digest_id)
    assert found is not None
    return found


async def act(db: Database, by: Actor, digest_id: int, act: str, **chosen: object) -> None:
    """An act on the bench by someone who sees it as it is now."""
    version = chosen.pop("version", None) or (await the_digest(db, digest_id)).version
    sorting = Sorting.model_validate({"act": act, "version": version, **chosen})
    await actions.sort(db, by, digest_id, sorting)


async def edit(db: Database, by: Actor, post: Post, words: str) -> None:
    version = (await the_post(db, post.id)).version
    await discussing.edit(db, by, post.id, Edit(body=words, version=version))


async def hide(db: Database, post: Post) -> None:
    await judging.hide(db, await a_moderator(db), post.id)


async def restore(db: Database, post: Post) -> None:
    await judging.restore(db, await a_moderator(db), post.id)


async def confirm_all(db: Database, by: Actor, digest_id: int) -> None:
    await act(db, by, digest_id, "confirm", groups=[group.id for group in await groups_of(db, digest_id)])


async def groups_of(db: Database, digest_id: int) -> list[Group]:
    return await groups.groups(db, digest_id)


async def said_in(db: Database, digest_id: int, words: str) -> Opinion:
    """The opinion that contains the words."""
    return next(o for o in await opinions.all_of(db, digest_id) if words in (o.text or ""))


async def standing(db: Database, digest_id: int) -> dict[str, tuple[str, int | None]]:
    """First words of each opinion -> what became of it, and the number of its group."""
    numbers = {group.id: group.position for group in await groups_of(db, digest_id)}
    return {
        (opinion.text or "")[:8]: (opinion.disposition, numbers.get(opinion.group_id or 0))
        for opinion in await opinions.all_of(db, digest_id)
    }
