"""Before something that looks personal is published its author is asked; yes means yes, and nothing typed is lost."""

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.posts.queries import posts
from tests.conftest import Login
from tests.factories import a_board, a_post, a_topic, an_account, the_post
from tests.pages import parsed, problems, text_of, values

PHONE = "相談は090-1234-5678まで。\n\n<b>いつでも</b>どうぞ"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
async def resident(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    actor = await an_account(db)
    await login(client, actor.id or 0)
    return actor


async def _asked(client: httpx.AsyncClient, address: str, typed: dict[str, str]) -> dict[str, str]:
    """Sends the form, is asked, and returns what the form holds then, with the box ticked."""
    page = await client.post(address, data=typed)
    assert page.status_code == 422
    tree = parsed(page)
    assert "のようです。公開してよいですか。" in problems(tree)["public"]
    box = next(field for field in tree.iter("input") if field.get("name") == "public")
    assert box.get("checked") is None
    again = values(tree)
    written = {name: text for name, text in typed.items() if name != "public"}
    assert {name: again[name] for name in written} == written
    return typed | {"public": box.get("value") or ""}


async def test_a_topic_with_a_telephone_number_is_asked_about_once(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    board = await a_board(db)
    address = f"/boards/{board.slug}/topics"
    confirmed = await _asked(client, address, {"title": "連絡先", "body": PHONE})
    page = await client.post(address, data=confirmed)
    assert page.status_code == 303
    assert "090-1234-5678" in text_of(parsed(await client.get(page.headers["location"])))


async def test_the_question_names_the_passages(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic = await a_topic(db)
    body = "〒184-0004 小金井市緑町3丁目2番15号、taro＠example.jp"
    page = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": body}, headers=SCRIPT)
    assert page.status_code == 422
    shown = text_of(parsed(page))
    for sentence in (
        "「〒184-0004」は、郵便番号のようです。",
        "「小金井市緑町3丁目2番15号」は、番地のある住所のようです。",
        "「taro＠example.jp」は、メールアドレスのようです。",
        "郵便番号、番地のある住所、メールアドレスのようです。公開してよいですか。",
    ):
        assert sentence in shown


async def test_the_title_is_read_too(client: httpx.AsyncClient, db: Database, resident: Actor) -> None:
    board = await a_board(db)
    typed = {"title": "090-1234-5678へ", "body": "電話をください。"}
    await _asked(client, f"/boards/{board.slug}/topics", typed)


async def test_yes_is_said_to_these_passages_and_no_others(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic = await a_topic(db)
    address = f"/topics/{topic.topic_id}/replies"
    confirmed = await _asked(client, address, {"body": PHONE})
    await _asked(
        client, address, {"body": PHONE + "\n自宅は緑町3-2-15です。"} | {"public": confirmed["public"]}
    )
    page = await client.post(address, data=confirmed, headers=SCRIPT)
    assert page.status_code == 201


async def test_whoever_takes_the_number_out_is_not_asked_again(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic = await a_topic(db)
    address = f"/topics/{topic.topic_id}/replies"
    await _asked(client, address, {"body": PHONE})
    assert (await client.post(address, data={"body": "相談は市役所まで。"})).status_code == 303


async def test_an_edit_is_asked_about_what_is_new_in_it(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    post = await a_post(db, resident, body=PHONE)
    address = f"/posts/{post.id}/edit"
    typed = {"body": PHONE + "\n追記です。", "version": str(post.version)}
    assert (await client.post(address, data=typed)).status_code == 303
    version = str((await the_post(db, post.id)).version)
    confirmed = await _asked(client, address, {"body": "080-1111-2222" + PHONE, "version": version})
    assert (await client.post(address, data=confirmed)).status_code == 303
    assert (await the_post(db, post.id)).raw == "080-1111-2222" + PHONE


async def test_asking_saves_nothing_and_counts_for_no_pace(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic = await a_topic(db)
    address = f"/topics/{topic.topic_id}/replies"
    for _ in range(30):
        confirmed = await _asked(client, address, {"body": PHONE})
    assert await posts.numbered(db, topic.topic_id, 2, 9, viewer_id=resident.id, sees_held=True) == []
    assert (await client.post(address, data=confirmed)).status_code == 303


async def test_a_statistic_is_no_question(client: httpx.AsyncClient, db: Database, resident: Actor) -> None:
    topic = await a_topic(db)
    body = "2012－2020年に1,234,567円、国道16号の3番、第4-12号議案、ISBN978-4-06-519012-3です。"
    page = await client.post(f"/topics/{topic.topic_id}/replies", data={"body": body})
    assert page.status_code == 303
