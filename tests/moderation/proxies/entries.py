"""Opinions that a section entered, for tests."""

from typing import Any

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.posts.rules import Post
from moderation.proxies import actions
from moderation.proxies.rules import Correction, Entry
from tests.factories import the_post

WORDS = "駅前のベンチがなくなって、休む場所がありません。"


async def an_entry(db: Database, clerk: Actor, topic: Post, **given: Any) -> tuple[Post, str]:
    """The post and the number of its receipt."""
    fields = {"channel": "counter", "received_on": clock.now().date(), "body": WORDS, "verbatim": "on"}
    entry = Entry.model_validate(fields | given)
    number, receipt = await actions.enter(db, clerk, topic.topic_id, entry)
    return await the_post(db, number), receipt


async def corrected(db: Database, clerk: Actor, post: Post, body: str = "ベンチを戻してください。") -> Post:
    form = Correction(body=body, because="電話で申し出がありました。", asked="on", version=post.version)
    await actions.correct(db, clerk, post.id, form)
    return await the_post(db, post.id)
