"""Uploading, and who is handed what."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.files import actions, queries, rules
from forum.files.proofs import mismatches
from forum.posts import proofs
from forum.posts.rules import Edit
from forum.topics.actions import discussing
from forum.web import Site
from tests import judging
from tests.conftest import Login, visitor
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
from tests.forum.files.drawing import PDF, a_photograph, opened
from tests.pages import parsed, problems, text_of, values

ALT = "こわれたベンチ"
ADDRESS = re.compile(r"/files/[^)]+")


async def upload(
    client: httpx.AsyncClient, data: bytes, name: str = "x.jpg", alt: str = ALT
) -> httpx.Response:
    return await client.post("/files", data={"alt": alt}, files={"file": (name, data)})


async def a_picture(app: Starlette, login: Login, by: Actor, data: bytes | None = None) -> str:
    """The Markdown of a picture that somebody has uploaded."""
    assert by.id is not None
    async with visitor(app) as client:
        await login(client, by.id)
        answer = await upload(client, data or a_photograph(800, 600))
        assert answer.status_code == 201, answer.text
        return answer.text


def address_in(words: str) -> str:
    found = ADDRESS.search(words)
    assert found is not None
    return found[0]


def site(app: Starlette) -> Site:
    shared: Site = app.state.site
    return shared


async def test_a_picture_is_uploaded_and_shown(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author = await an_account(db)
    words = await a_picture(app, login, author, a_photograph(3000, 2000, name="PNG"))
    assert re.fullmatch(rf"!\[{ALT}\]\(/files/[0-9a-f]{{64}}-2048x1365\.png\)", words)
    assert (await client.get(address_in(words))).status_code == 404
    topic = await a_topic(db, author, body=f"座れません。\n\n{words}")
    page = (await client.get(f"/topics/{topic.topic_id}")).text
    assert re.search(rf'<img[^>]* alt="{ALT}"[^>]* width="2048" height="1365"', page)
    whole = await client.get(address_in(words))
    small = await client.get(address_in(words).replace("/files/", "/files/small/"))
    assert (opened(whole.content).size, opened(small.content).size) == ((2048, 1365), (640, 427))
    for answer in (whole, small):
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "script" not in answer.headers["content-security-policy"]
    again = await client.get(address_in(words), headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for wrong in ("2048x1364.png", "2048x1365.jpg", "2048x1365.small.png"):
        assert (await client.get(address_in(words).replace("2048x1365.png", wrong))).status_code == 404
    assert [line async for line in mismatches(db, site(app).storage)] == []


async def test_what_cannot_be_taken_is_said_in_a_sentence(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    assert (await upload(client, a_photograph())).status_code == 403
    author = await an_account(db)
    assert author.id is not None
    await login(client, author.id)
    many = [("file", (f"{n}.jpg", b"x")) for n in range(2000)]
    for answer, says in (
        (await upload(client, b"<svg onload=alert(1)>", "x.jpg"), "使えるのは"),
        (await upload(client, PDF, "x.pdf"), "使えるのは"),
        (await upload(client, b""), "選んでください"),
        (await upload(client, a_photograph(), alt=""), "写っているもの"),
        (await client.post("/files", data={"alt": ALT}, files=many), "一つずつ"),
        (await client.post("/files", data={"alt": ALT}), "選んでください"),
        (await upload(client, a_photograph(), alt="あ" * 201), "200文字"),
    ):
        assert answer.status_code == 422
        assert says in answer.text
    assert (await upload(client, bytes(rules.SENT_BYTES_MAX + 2_000_000))).status_code == 413
    assert (await client.post("/login", content=bytes(2_000_000))).status_code == 413
    assert [key async for key, _ in site(app).storage.every()] == []


async def test_an_account_has_so_much_room(app: Starlette, db: Database, login: Login) -> None:
    newcomer = await a_newcomer(db)
    assert newcomer.id is not None
    async with visitor(app) as client:
        await login(client, newcomer.id)
        for n in range(rules.NEWCOMER.files_a_day):
            assert (await upload(client, a_photograph(30 + n, 20))).status_code == 201
        # The same once more takes no room.
        assert (await upload(client, a_photograph(30, 20))).status_code == 201
        refused = await upload(client, a_photograph(90, 20))
    assert (refused.status_code, "1日5個まで" in refused.text) == (422, True)
    assert len([key async for key, _ in site(app).storage.every()]) == rules.NEWCOMER.files_a_day


async def test_the_city_attaches_documents(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    staff = await a_staff_member(db)
    assert staff.id is not None
    await login(client, staff.id)
    words = (await upload(client, PDF, "要綱 案.pdf", "公園の要綱")).text
    assert re.fullmatch(r"\[公園の要綱（PDF、1KB）\]\(/files/[0-9a-f]{64}\.pdf\)", words)
    await a_topic(db, staff, body=words)
    client.cookies.clear()
    document = await client.get(address_in(words))
    assert document.content == PDF
    assert document.headers["content-type"] == "application/pdf"
    assert (
        document.headers["content-disposition"]
        == "attachment; filename*=UTF-8''%E8%A6%81%E7%B6%B1%20%E6%A1%88.pdf"
    )


async def test_a_document_is_called_as_whoever_published_it_did(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk, colleague = await a_staff_member(db), await a_staff_member(db)
    await login(client, clerk.id or 0)
    inside = (await upload(client, PDF, "secret.pdf", "案")).text
    await a_topic(db, clerk, board=await a_board(db, "staff"), body=inside)
    await login(client, colleague.id or 0)
    await upload(client, PDF, "own secret.pdf", "要綱")
    words = (await upload(client, PDF, "plan.pdf", "要綱")).text
    async with visitor(app) as resident:
        assert (await resident.get(address_in(words))).status_code == 404
        await a_topic(db, colleague, body=words)
        document = await resident.get(address_in(words))
    assert document.headers["content-disposition"] == "attachment; filename*=UTF-8''plan.pdf"


async def test_a_picture_is_seen_by_whoever_may_read_the_words_that_show_it(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """Held, shown, quoted, hidden, edited away, withdrawn: by its address and with the hash known."""
    author, moderator, other = await a_newcomer(db), await a_moderator(db), await an_account(db)
    words = await a_picture(app, login, author)

    async def seen_by() -> str:
        found = ""
        for name, person in (("g", None), ("o", other), ("m", moderator), ("a", author)):
            client.cookies.clear()
            if person and person.id:
                await login(client, person.id)
            answer = await client.get(address_in(words))
            found += name if answer.status_code == 200 else "-"
            if answer.status_code == 200:
                assert ("no-store" in answer.headers["cache-control"]) == (found[0] == "-")
        return found

    assert await seen_by() == "---a"
    post = await a_post(db, author, topic=await a_topic(db), body=words)
    assert post.state == "held"
    assert await seen_by() == "--ma"
    # Whoever names it in words of their own shows it to nobody.
    await a_post(db, other, body=f"> {words}")
    assert await seen_by() == "--ma"
    await judging.approve(db, moderator, post.id)
    assert await seen_by() == "goma"
    await judging.hide(db, moderator, post.id)
    assert await seen_by() == "--ma"
    await judging.restore(db, moderator, post.id)
    current = await the_post(db, post.id)
    await discussing.edit(db, author, post.id, Edit(body="写真は消しました。", version=current.version))
    assert await seen_by() == "--ma"
    await discussing.withdraw(db, author, post.id)
    assert await seen_by() == "---a"
    assert [line async for line in proofs.mismatches(db)] == []


async def test_a_masked_picture_is_given_to_nobody(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    words = await a_picture(app, login, author)
    post = await a_post(db, author, body=f"この人です。\n\n{words}")
    assert (await client.get(address_in(words))).status_code == 200
    assert moderator.id is not None
    await login(client, moderator.id)
    form = parsed(await client.get(f"/queue/{post.id}/mask"))
    assert ALT in text_of(form)
    wish = values(form) | {
        "hint": words,
        "passages": "",
        "rule": "1",
        "reason": "顔が分かります。",
        "act": "mask",
    }
    assert (await client.post(f"/queue/{post.id}/mask", data=wish)).status_code == 303
    assert (await client.get(address_in(words))).status_code == 404
    client.cookies.clear()
    assert (await client.get(address_in(words))).status_code == 404
    assert "<img" not in (await client.get(f"/topics/{post.topic_id}")).text
    assert [line async for line in proofs.mismatches(db)] == []


async def test_a_picture_of_the_staff_room_stays_there(
    app: Starlette, client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    staff = await a_staff_member(db)
    words = await a_picture(app, login, staff)
    await a_topic(db, staff, board=await a_board(db, "staff"), body=words)
    assert (await client.get(address_in(words))).status_code == 404
    colleague = await a_staff_member(db)
    assert colleague.id is not None
    await login(client, colleague.id)
    assert (await client.get(address_in(words))).status_code == 200


async def test_what_nobody_uses_is_deleted_after_a_day(app: Starlette, db: Database, login: Login) -> None:
    author, storage = await an_account(db), site(app).storage
    used, unused = [await a_picture(app, login, author, a_photograph(700, n)) for n in (20, 30)]
    await a_post(db, author, body=used)
    await storage.put("crash", b"x")
    with clock.at(clock.now() + timedelta(hours=23)):
        await actions.forget_unused(db, storage)
        await actions.sweep(db, storage)
    assert len([key async for key, _ in storage.every()]) == 5
    with clock.at(clock.now() + timedelta(hours=25)):
        await actions.forget_unused(db, storage)
        await actions.sweep(db, storage)
        with pytest.raises(Exception, match="期限が過ぎた"):
            await a_post(db, author, body=unused)
    [kept] = [file async for file in queries.every(db)]
    assert {key async for key, _ in storage.every()} == {kept.key, kept.small_key}
    await storage.put(kept.key, b"other")
    await storage.delete(kept.small_key)
    assert [line async for line in mismatches(db, storage)] == [
        f"file {kept.id}: other bytes than its hash",
        f"file {kept.id}: its bytes are gone",
    ]


async def test_an_upload_that_is_cut_off_leaves_nothing(app: Starlette, db: Database, login: Login) -> None:
    author = await an_account(db)
    assert author.id is not None
    async with visitor(app) as client:
        await login(client, author.id)
        request = client.build_request(
            "POST", "/files", data={"alt": ALT}, files={"file": ("x.jpg", a_photograph())}
        )
    body = request.read()
    messages: list[Message] = [
        {"type": "http.request", "body": body[: len(body) // 2], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        pass

    headers = [(name.lower(), value) for name, value in request.headers.raw]
    scope = {
        "type": "http", "method": "POST", "path": "/files", "raw_path": b"/files", "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("room.test", 80), "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    assert [key async for key, _ in site(app).storage.every()] == []
    assert [file async for file in queries.every(db)] == []


async def test_without_scripts_a_button_puts_the_picture_into_the_text_and_keeps_what_was_typed(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, board = await an_account(db), await a_board(db)
    assert author.id is not None
    await login(client, author.id)
    post = await a_topic(db, author, board=board, body="座れません。")
    files = {"file": ("C:\\写真\\x.png", a_photograph(30, 20, name="PNG"))}
    for address, data in (
        (f"/boards/{board.slug}/topics", {"title": "ベンチ", "body": "座れません。\n"}),
        (f"/topics/{post.topic_id}/replies", {"reply_to_id": str(post.id), "body": ""}),
        (f"/posts/{post.id}/edit", {"version": str(post.version), "body": "座れません。"}),
    ):
        answer = await client.post(f"{address}/files", data={**data, "alt": ALT}, files=files)
        assert answer.status_code == 200
        shown = values(parsed(answer))
        assert re.fullmatch(rf"(座れません。\n\n)?!\[{ALT}\]\(/files/\w{{64}}-30x20\.png\)\n", shown["body"])
        assert {name: shown[name] for name in data if name != "body"} == {
            n: v for n, v in data.items() if n != "body"
        }
        assert shown["alt"] == ""
        sent = await client.post(address, data=shown)
        assert sent.status_code == 303, text_of(parsed(sent))
        refused = await client.post(f"{address}/files", data=data, files={"file": ("x.jpg", b"<svg/>")})
        assert refused.status_code == 422
        assert [*problems(parsed(refused))] == ["alt"]
        refused = await client.post(
            f"{address}/files", data={**data, "alt": ALT}, files={"file": ("x.jpg", b"<svg/>")}
        )
        assert values(parsed(refused))["body"].strip() == data["body"].strip()
        assert values(parsed(refused))["alt"] == ALT
        left = await client.post(address, data={**data, "body": "座れません。", "file": "x.jpg"})
        assert (left.status_code, "まだ本文に入っていません" in left.text) == (422, True)
