"""Editions of the markup: what an earlier one made is no mismatch, is made anew, and reaches open pages and caches."""

import hashlib

import httpx

from forum.db import Database
from forum.markup import EDITION, to_html
from forum.posts import proofs
from forum.posts.rules import Edit
from forum.topics import proofs as topic_proofs
from forum.topics.actions import discussing
from forum.topics.actions.rendering import render_anew
from forum.topics.queries import topic
from tests.factories import a_moderator, a_post, an_account, the_post
from tests.moderation.reviews.test_masking import mask

PICTURE = f"/files/{'5f' * 32}-1600x1200.jpg"
# Something of everything that the markup knows.
CORPUS = [
    "一行目\n二行目\n\n*強調* **太字** ~~取消~~ `<b>` \\*星\\* &copy; 5 < 6 & 7",
    "これは**「重要」**です。**注意：**夜",
    "# 題\n\n### 節\n\n- 一\n- 二\n  - 三\n\n3. 三\n4. 四\n\n---\n\n```html\n<b>\n```",
    "> [市民 #2](/posts/7)\n> 引用\n\n返事",
    "|年|人|\n|-|-:|\n|1|2|\n\n" + "|" * 90,
    "https://example.jp/a(b)?c=dをご覧ください。a@example.jp [市](https://example.jp/a?b=1&c=2) [電話](tel:0421234567)",
    "@「市民」さん、**@「市民」**と[@「市民」](https://example.jp)と`@「市民」`",
    "@市民さん、@市民1さん、@「市民1」さん",
    f"![湧き水]({PICTURE}) [![湧き水]({PICTURE})](/topics/1) ![絵](https://example.jp/x.png)",
    "■■■を守る計画に",
    "<script>x()</script><b>太字</b> [x](javascript:x()) [x](//example.jp 'onclick=x()') <a href=javascript:x()>x</a>",
]
# What each edition makes of it.
RENDERINGS = {
    1: "769d5d71c38a65d4d0168c44c392bc447e74c45a73170f18df9c7900be476561",
    2: "e59ea1ec98e273b3b9d1a37c563084ebc837ef01ad52acf2c360699e32f0b5b2",
    3: "f920544821a354724715f741cff620977ad3531fb68dd1bf42dea29599317627",
}
# As an earlier edition may have made it.
EARLIER = "update posts set edition = edition - 1, html = replace(html, '<strong>', '<em>') where id = :id"


def test_whoever_changes_what_the_markup_shows_raises_its_edition() -> None:
    shown = "\0".join(to_html(raw, {"市民"}) for raw in CORPUS)
    assert hashlib.sha256(shown.encode()).hexdigest() == RENDERINGS[EDITION]


async def test_what_another_edition_made_is_made_anew_and_told(
    db: Database, client: httpx.AsyncClient
) -> None:
    same, other = await a_post(db, body="同じ"), await a_post(db, body="**違う**")
    before, was = await topic(db, same.topic_id), await topic(db, other.topic_id)
    address = f"/topics/{other.topic_id}"
    await db.run("update posts set edition = edition - 1 where id = :id", id=same.id)
    await db.run(EARLIER, id=other.id)
    assert "<em>違う" in (await client.get(address)).text
    assert await proofs.waiting(db) == {"posts that wait to be rendered anew": 2}
    assert await mismatches(db) == []
    for _again in range(2):
        await render_anew(db)
        assert await proofs.waiting(db) == {}
        assert await topic(db, same.topic_id) == before
        now, post = await topic(db, other.topic_id), await the_post(db, other.id)
        assert was is not None
        assert now is not None
        assert post.change == now.changes == was.changes + 1
        assert post.version == other.version
    assert "<strong>違う" in (await client.get(address)).text
    assert await mismatches(db) == []


async def test_an_edit_and_a_mask_are_of_todays_edition_and_of_none_by_a_process_that_knows_of_none(
    db: Database,
) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="電話は042-387-9999です。")
    await discussing.edit(db, author, post.id, Edit(body="電話は042-387-9999。", version=post.version))
    await mask(db, await a_moderator(db), await the_post(db, post.id), "042-387-9999")
    assert await proofs.waiting(db) == {}
    # What it writes besides, it writes as this release does.
    await db.run("update masks set lifted_by = set_by where post_id = :id", id=post.id)
    assert await proofs.waiting(db) != {}
    await render_anew(db)
    assert await proofs.waiting(db) == {}
    await db.run(
        """
        with new as (
            insert into revisions (post_id, number, raw, author, sha256, created_at)
            select post_id, 3, 'ほか', author, sha256, now() from revisions where id = :id returning id, post_id
        )
        update posts set revision_id = new.id from new where posts.id = new.post_id
        """,
        id=(await the_post(db, post.id)).revision_id,
    )
    assert await proofs.waiting(db) != {}


async def mismatches(db: Database) -> list[str]:
    return [line for check in (proofs, topic_proofs) async for line in check.mismatches(db)]
