"""Whoever changes the room behind its back, as the database's superuser and with its triggers off, is found."""

import pytest

from forum.db import Database
from forum.posts import proofs
from forum.posts.rules import Edit, Post
from forum.topics import proofs as topic_proofs
from forum.topics.actions import discussing
from tests.factories import a_post, a_topic, an_account, the_post

TAMPERING = [
    # The words and everything that is hashed with them.
    ("update revisions set raw = raw || '。' where id = :revision", "hash differs"),
    ("update revisions set raw = normalize(raw, NFD) where id = :revision", "hash differs"),
    ("update revisions set author = 'somebody' where id = :revision", "hash differs"),
    ("update revisions set number = 3 where id = :revision", "hash differs"),
    (
        "update revisions set created_at = created_at + interval '1 microsecond' where id = :revision",
        "hash differs",
    ),
    ("update revisions set sha256 = repeat('0', 64) where id = :revision", "hash differs"),
    ("update revisions set post_id = :other where id = :revision", "hash differs"),
    # What readers see of it.
    (
        "update posts set html = replace(html, 'あと', 'さき') where id = :post",
        "shows other words than its revision",
    ),
    ("update posts set html = '' where id = :post", "shows other words than its revision"),
    ("update posts set revision_id = :first where id = :post", "does not show its newest revision"),
    ("update posts set revision_id = null where id = :post", "does not show its newest revision"),
    ("delete from revisions where id = :first", "lacks a revision"),
    ("delete from revisions where id = :revision", "does not show its newest revision"),
    ("delete from revisions where post_id = :post", "lacks a revision"),
    # Who wrote it, when, and what it answers.
    (
        "update posts set author_id = (select author_id from posts where id = :other) where id = :post",
        "is not by",
    ),
    (
        "update accounts set pseudonym = 'x' from posts p where p.id = :post and accounts.id = p.author_id",
        "is not by",
    ),
    ("delete from accounts using posts p where p.id = :post and accounts.id = p.author_id", "has no author"),
    (
        "update posts set created_at = created_at - interval '1 day' where id = :post",
        "than its first revision",
    ),
    ("update posts set edited_at = null where id = :post", "than its newest revision"),
    ("update posts set reply_to_id = :elsewhere where id = :post", "answers a post of another topic"),
    # The thread around it.
    (
        "update topics set title = title || '。' from posts p where p.id = :post and topics.id = p.topic_id",
        "the hash of its title differs",
    ),
    (
        "update topics set created_at = topics.created_at - interval '1 day' from posts p where p.id = :post"
        " and topics.id = p.topic_id",
        "the hash of its title differs",
    ),
    (
        "update topics set author_id = (select author_id from posts where id = :other) from posts p where p.id = :post"
        " and topics.id = p.topic_id",
        "the hash of its title differs",
    ),
    ("delete from posts where id = :post", "its post"),
    ("delete from posts where id = :post", "lacks a post"),
    ("delete from topics using posts p where p.id = :post and topics.id = p.topic_id", "has no topic"),
    ("update posts set number = 9 where id = :post", "lacks a post"),
    (
        "update posts set topic_id = (select topic_id from posts where id = :elsewhere), number = 9 where id = :post",
        "lacks",
    ),
    (
        "update topics set last_number = 1 from posts p where p.id = :post and topics.id = p.topic_id",
        "lacks a post",
    ),
    (
        "update topics set changes = 1 from posts p where p.id = :post and topics.id = p.topic_id",
        "counter has not",
    ),
    (
        "update topics set head_change = 99 from posts p where p.id = :post and topics.id = p.topic_id",
        "counter has not",
    ),
    ("update posts set change = 1 where id = :post", "the same change number"),
    (
        "update topics set state = 'hidden' from posts p where p.id = :post and topics.id = p.topic_id",
        "opening post",
    ),
    ("update posts set state = 'withdrawn' where id = :opening", "opening post"),
]


@pytest.fixture(scope="module")
async def ids(ground: Database) -> dict[str, int]:
    """The numbers of rows around a reply that was edited, by what they are."""
    author, opening = await an_account(ground), await a_topic(ground)
    post = await a_post(ground, author, topic=opening, body="はじめの文が残る。")
    await discussing.edit(ground, author, post.id, Edit(body="あとの文が残る。", version=post.version))
    found = await _ids(ground, await the_post(ground, post.id), opening)
    assert await _mismatches(ground) == []
    return found


@pytest.mark.parametrize(("sql", "found"), TAMPERING)
async def test_tampering_is_found(db: Database, ids: dict[str, int], sql: str, found: str) -> None:
    await db.run("set local session_replication_role = replica")
    await db.run(sql, **{name: number for name, number in ids.items() if f":{name}" in sql})
    assert any(found in line for line in await _mismatches(db)), await _mismatches(db)


async def _ids(db: Database, post: Post, opening: Post) -> dict[str, int]:
    other, elsewhere = await a_post(db, topic=opening), await a_topic(db)
    first = await db.value("select id from revisions where post_id = :id and number = 1", id=post.id)
    return {
        "post": post.id,
        "revision": post.revision_id,
        "first": first,
        "opening": opening.id,
        "other": other.id,
        "elsewhere": elsewhere.id,
    }


async def _mismatches(db: Database) -> list[str]:
    return [line for check in (proofs, topic_proofs) async for line in check.mismatches(db)]
