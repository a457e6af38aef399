"""/verify says what a hash stands for, to each reader as much as they may know; /open-data what can be taken away."""

import hashlib
from html import unescape

import httpx
import pytest

from forum.access import Role
from forum.db import Database
from forum.posts.rules import Edit
from forum.topics.actions import discussing
from moderation.consultations.actions import answering
from moderation.digests import actions as digests
from moderation.records import proofs, web
from moderation.reviews.acts import Act
from tests import judging
from tests.conftest import Login
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.moderation.consultations import stories
from tests.moderation.digests import desk
from tests.moderation.maps import residents
from tests.moderation.reviews.test_actions import decide
from tests.pages import links, parsed

UNKNOWN = "f" * 64


async def sha256(db: Database, table: str, where: str = "true") -> str:
    return str(await db.value(f"select sha256 from {table} where {where} order by id limit 1"))


async def verify(client: httpx.AsyncClient, asked: str) -> httpx.Response:
    return await client.get("/verify", params={"hash": asked})


async def test_the_empty_box_is_a_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/verify")
    assert page.status_code == 200
    assert 'name="hash"' in page.text


@pytest.mark.parametrize("asked", ["1234567", "g" * 64, "0" * 65, "<script>", "指紋", "%"])
async def test_what_is_no_hash_is_refused_as_typed(client: httpx.AsyncClient, asked: str) -> None:
    page = await verify(client, asked)
    assert page.status_code == 422
    assert 'id="error-hash"' in page.text


async def test_an_unknown_hash_is_not_found(client: httpx.AsyncClient) -> None:
    page = await verify(client, UNKNOWN)
    assert page.status_code == 404
    assert "見つかりませんでした" in page.text


async def test_a_post_is_found_by_its_hash_and_can_be_recomputed(
    client: httpx.AsyncClient, db: Database
) -> None:
    post = await a_post(db, body='野川の "緑" を\n守る <b>')
    page = await verify(client, post.sha256)
    assert page.status_code == 200
    assert f'href="/posts/{post.id}/revisions#revision-1"' in page.text
    assert "計算しなおした値と一致</span>" in page.text
    document = unescape(page.text.split('<p class="mono diff small">')[1].split("</p>")[0])
    assert hashlib.sha256(document.encode()).hexdigest() == post.sha256


@pytest.mark.parametrize(
    "copied", [str.upper, lambda sha: sha[:12], lambda sha: f" {sha[:32]} {sha[32:]}\u3000"]
)
async def test_a_hash_may_be_copied_by_hand(client: httpx.AsyncClient, db: Database, copied) -> None:
    post = await a_post(db)
    assert post.sha256 in (await verify(client, copied(post.sha256))).text


async def test_an_old_version_is_found_too(client: httpx.AsyncClient, db: Database) -> None:
    author = await an_account(db)
    post = await a_post(db, author, body="はじめの文")
    await discussing.edit(db, author, post.id, Edit(body="あとの文", version=post.version))
    assert "はじめの文" in (await verify(client, post.sha256)).text
    assert "あとの文" in (await verify(client, (await the_post(db, post.id)).sha256)).text


async def test_tampered_words_are_called_so(client: httpx.AsyncClient, db: Database) -> None:
    post = await a_post(db)
    await db.run("set local session_replication_role = replica")
    await db.run("update revisions set raw = 'ほかの文' where id = :id", id=post.revision_id)
    assert "一致しません" in (await verify(client, post.sha256)).text


async def test_a_hidden_post_shows_its_hash_and_no_words(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, opening = await an_account(db), await a_topic(db)
    post = await a_post(db, author, topic=opening, body="秘密の言葉")
    await judging.hide(db, await a_moderator(db), post.id)
    page = await verify(client, post.sha256)
    assert page.status_code == 200
    assert "秘密の言葉" not in page.text
    assert f'href="/posts/{post.id}"' in page.text
    assert author.id is not None
    await login(client, author.id)
    assert "秘密の言葉" in (await verify(client, post.sha256)).text


async def test_the_title_of_a_hidden_opening_is_not_told(client: httpx.AsyncClient, db: Database) -> None:
    opening = await a_topic(db, title="秘密の題名")
    reply = await a_post(db, topic=opening)
    await judging.hide(db, await a_moderator(db), opening.id)
    assert "秘密の題名" not in (await verify(client, opening.sha256)).text
    assert "秘密の題名" not in (await verify(client, reply.sha256)).text


async def test_the_title_of_a_topic_is_found_by_its_hash(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """The newest stands in head.json, where whoever checks takes it from."""
    author = await a_newcomer(db)
    opening, held = (
        await a_topic(db, title="野川の湧き水"),
        await a_topic(db, author, title="まだ読めない題名"),
    )
    public = await sha256(db, "topics", f"id = {opening.topic_id}")
    page = await verify(client, public)
    assert "野川の湧き水" in page.text
    assert f"/topics/{opening.topic_id}" in links(parsed(page))
    assert "計算しなおした値と一致</span>" in page.text
    document = unescape(page.text.split('<p class="mono diff small">')[1].split("</p>")[0])
    assert hashlib.sha256(document.encode()).hexdigest() == public
    waiting = (await client.get("/open-data/head.json")).json()["newest"]["topic"]["sha256"]
    assert waiting == await sha256(db, "topics", f"id = {held.topic_id}")
    assert (await verify(client, waiting)).status_code == 404
    await login(client, author.id or 0)
    assert "まだ読めない題名" in (await verify(client, waiting)).text
    await client.post("/logout")
    await judging.hide(db, await a_moderator(db), opening.id)
    page = await verify(client, public)
    assert (page.status_code, "湧き水" in page.text) == (200, False)


async def test_a_held_post_is_known_to_its_author_only(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author = await a_newcomer(db)
    post = await a_post(db, author)
    assert (await verify(client, post.sha256)).status_code == 404
    assert author.id is not None
    await login(client, author.id)
    assert (await verify(client, post.sha256)).status_code == 200


async def test_the_staff_room_is_known_to_staff_only(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    staff = await a_staff_member(db)
    post = await a_topic(db, staff, board=await a_board(db, "staff"))
    assert (await verify(client, post.sha256)).status_code == 404
    assert staff.id is not None
    await login(client, staff.id)
    assert (await verify(client, post.sha256)).status_code == 200


async def test_the_chain_leads_from_what_was_sent_in_to_the_result_and_back(
    client: httpx.AsyncClient, db: Database
) -> None:
    procedure = await stories.published(db)
    chain = [
        await sha256(db, "submissions"),
        await sha256(db, "opinions", "disposition in ('used', 'merged')"),
        await sha256(db, "digests"),
        await sha256(db, "answers"),
        await sha256(db, "consultations", f"id = {procedure.id}"),
    ]
    for asked in chain:
        page = await verify(client, asked)
        assert page.status_code == 200
        assert "計算しなおした値と一致</span>" in page.text
        assert all(f"/verify?hash={link}" in page.text for link in chain)


async def test_where_not_all_of_a_chain_is_shown_a_link_leads_to_the_rest(
    client: httpx.AsyncClient, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "STRANDS_SHOWN", 1)
    await stories.published(db)
    digest = await db.value("select id from digests")
    answer = await db.value("select sha256 from answers where cardinality(opinions) > 1 order by id limit 1")
    page = await verify(client, answer)
    assert "はじめの1件を表示しています。" in page.text
    assert f"/digests/{digest}.json" in links(parsed(page))


async def test_every_link_of_the_chain_leads_somewhere(client: httpx.AsyncClient, db: Database) -> None:
    await stories.published(db)
    page = await verify(client, await sha256(db, "digests"))
    links = {part.split('"')[0] for part in page.text.split('href="/')[1:]}
    for link in sorted(links - {part for part in links if part.startswith("static/")}):
        answer = await client.get(f"/{unescape(link)}", follow_redirects=True)
        assert answer.status_code == 200, link


async def test_what_was_sent_in_is_not_shown(client: httpx.AsyncClient, db: Database) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure, body="まだ公開されない言葉")
    page = await verify(client, await sha256(db, "submissions"))
    assert page.status_code == 200
    assert "まだ公開されない言葉" not in page.text
    assert stories.NAME not in page.text


async def test_nothing_is_told_before_it_is_published(client: httpx.AsyncClient, db: Database) -> None:
    await stories.answered(db)
    for table in ("opinions", "answers"):
        assert (await verify(client, await sha256(db, table))).status_code == 404
    page = await verify(client, await sha256(db, "submissions"))
    assert "まだ使われていません" in page.text


async def test_an_opinion_whose_post_is_hidden_keeps_its_hash_and_no_words(
    client: httpx.AsyncClient, db: Database
) -> None:
    clerk, posts = await a_staff_member(db), await desk.a_discussion(db)
    post = await a_post(db, topic=posts[0], body="花壇を増やしてください。")
    digest = await desk.a_draft(db, posts, clerk)
    await desk.confirm_all(db, clerk, digest.id)
    await digests.publish_digest(db, clerk, digest.id)
    opinion = await desk.said_in(db, digest.id, "花壇")
    assert "花壇" in (await verify(client, opinion.sha256)).text
    await desk.hide(db, post)
    page = await verify(client, opinion.sha256)
    assert page.status_code == 200
    assert "花壇" not in page.text
    assert "計算しなおした値と一致</span>" in page.text
    assert f"/verify?hash={post.sha256}" in page.text


async def test_a_line_of_the_log_is_found_by_its_hash(client: httpx.AsyncClient, db: Database) -> None:
    post = await a_post(db, body="見せられない言葉")
    await decide(db, await a_moderator(db), post, Act.HIDE, reason="宣伝です。")
    internal = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    await decide(db, await an_account(db, Role.ADMINISTRATOR), internal, Act.HIDE)
    page = await verify(client, await sha256(db, "decisions"))
    assert page.status_code == 200
    assert 'href="/moderation/log/1"' in page.text
    assert "計算しなおした値と一致</span>" in page.text
    assert "宣伝です。" in page.text
    assert "見せられない" not in page.text
    document = unescape(page.text.split('<p class="mono diff small">')[1].split("</p>")[0])
    assert hashlib.sha256(document.encode()).hexdigest() == await sha256(db, "decisions")
    assert (await verify(client, await sha256(db, "decisions", "number = 2"))).status_code == 404
    await db.run("set local session_replication_role = replica")
    await db.run("update decisions set reason = 'x' where number = 1")
    assert "計算しなおした値と一致しません" in (await verify(client, await sha256(db, "decisions"))).text


async def test_an_opinion_map_is_found_by_its_hash(client: httpx.AsyncClient, db: Database) -> None:
    _clerk, digest, _map = await residents.asked(db)
    await residents.two_camps(db, digest.id)
    await residents.draw(db, digest.id)
    page = await verify(client, await sha256(db, "maps"))
    assert f'href="/digests/{digest.id}/map"' in page.text
    assert f'href="/digests/{digest.id}/map.json"' in page.text
    assert "計算しなおした値と一致</span>" in page.text


async def test_a_digest_may_be_published_before_the_result_and_never_after_it(db: Database) -> None:
    procedure = await stories.answered(db)
    digest = await db.value("select id from digests where consultation_id = :id", id=procedure.id)
    with stories.on_day(45):
        await digests.publish_digest(db, procedure.clerk, digest, approved=True)
    assert [line async for line in proofs.mismatches(db)] == []
    await db.run("set local session_replication_role = replica")
    forged = "state = 'published', sha256 = 'x', published_at = now()"
    await db.run(f"update consultations set {forged} where id = :id", id=procedure.id)
    assert [line async for line in proofs.mismatches(db)] == []
    await db.run("update digests set state = 'draft', sha256 = null")
    assert len([line async for line in proofs.mismatches(db)]) == 1


async def test_open_data_lists_every_file_and_every_file_is_there(
    client: httpx.AsyncClient, db: Database
) -> None:
    procedure = await stories.published(db)
    page = await client.get("/open-data")
    digest = await db.value("select id from digests")
    files = [
        f"/consultations/{procedure.id}/results.{kind}" for kind in ("json", "csv", "xlsx", "docx", "zip")
    ]
    for address in (
        *files,
        f"/digests/{digest}.json",
        "/open-data/head.json",
        "/open-data/log-heads.json",
        "/moderation/log",
    ):
        assert f'href="{address}"' in page.text
        assert (await client.get(address)).status_code == 200


async def test_open_data_of_an_empty_room_is_a_page(client: httpx.AsyncClient) -> None:
    assert "まだありません" in (await client.get("/open-data")).text


async def test_the_head_names_no_hash_by_which_a_draft_or_the_staff_room_could_be_guessed(
    client: httpx.AsyncClient, db: Database
) -> None:
    """Answers and replies among colleagues are often a sentence that everybody knows."""
    post = await a_post(db)
    await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    procedure = await stories.answered(db)
    newest = (await client.get("/open-data/head.json")).json()["newest"]
    assert "answer" not in newest
    assert newest["revision"]["sha256"] == post.sha256
    assert newest["topic"]["id"] == post.topic_id
    with stories.on_day(50):
        await answering.publish_result(db, procedure.clerk, procedure.id)
    newest = (await client.get("/open-data/head.json")).json()["newest"]
    assert newest["answer"]["sha256"] == await sha256(db, "answers", "id = (select max(id) from answers)")


async def test_the_head_counts_and_names_the_newest_hashes(client: httpx.AsyncClient, db: Database) -> None:
    post = await a_post(db)
    await stories.published(db)
    head = (await client.get("/open-data/head.json")).json()
    assert (
        head["counts"] | {"topics": 1, "posts": 2, "revisions": 2, "submissions": 3, "digests": 1}
        == head["counts"]
    )
    assert head["newest"]["revision"]["sha256"] == post.sha256
    assert head["newest"]["consultation"]["sha256"] == await sha256(db, "consultations")
    assert set(head["newest"]) == {*("topic", "revision", "submission", "digest", "answer", "consultation")}
