"""The town's words in easy Japanese: shown to whoever asked for them, as long as they say what the original says."""

from datetime import timedelta

import httpx
import pytest

from forum import clock
from forum.access import Role
from forum.db import Database
from forum.guides.queries import rule_versions
from forum.posts.rules import Edit
from forum.topics.actions import discussing
from forum.wordings.rules import About, Source, Wording, source_sha256
from moderation.charters import actions as charters
from moderation.charters.rules import Charter, newest
from moderation.city_answers.rules import Act
from tests import judging
from tests.conftest import Login
from tests.factories import a_board, a_moderator, a_post, a_staff_member, an_account, the_post
from tests.moderation.city_answers.test_city_answers import promised, take
from tests.pages import parsed, problems, values

EASY, OTHER = "こまったことを かいて ください。", "ほかの ことば。"


@pytest.mark.parametrize(("source", "stale"), [("市の文", False), ("市の文。", True), ("", True)])
def test_words_are_stale_once_the_original_says_something_else(source: str, stale: bool) -> None:
    wording = Wording("board", 1, 1, EASY, source_sha256("市の文"), clock.now())
    assert wording.is_stale(source) == stale
    assert Source(About.BOARD, 1, "", "", source, wording).is_stale == stale
    assert not Source(About.BOARD, 1, "", "", source).is_stale


async def test_staff_say_what_a_board_is_about_in_easy_words(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    board, staff = await a_board(db), await a_staff_member(db)
    here, read = f"/wordings/board/{board.id}", (f"/boards/{board.slug}", "/")
    for stranger in (None, await an_account(db), await an_account(db, Role.MODERATOR)):
        if stranger:
            await login(client, stranger.id or 0)
        for answer in (await client.get("/wordings"), await client.get(here)):
            assert answer.status_code == 403
        assert (await client.post(here, data={"number": "0", "body": EASY})).status_code == 403
    await login(client, staff.id or 0)
    assert board.name in (await client.get("/wordings")).text
    empty = await client.post(here, data={"number": "0", "body": " "})
    assert [*problems(parsed(empty))] == ["body"]
    assert (await client.post(here, data={"number": "0", "body": EASY})).status_code == 303
    late = await client.post(here, data={"number": "0", "body": OTHER})
    assert (late.status_code, OTHER in late.text, EASY in late.text) == (409, True, True)
    [number] = parsed(late).xpath("//input[@name='number']/@value")
    again = await client.post(here, data={"number": number, "body": EASY})
    assert again.status_code == 303, "whoever has read the other text replaces it"
    assert (await client.get("/wordings/board/0")).status_code == 404
    assert (await client.get("/wordings/poem/1")).status_code == 404
    for address in read:
        page = (await client.get(address)).text
        assert EASY not in page
        assert board.about in page
    client.cookies.set("locale", "ja-easy")
    await client.post("/locale", data={"locale": "ja-easy"})
    for address in read:
        assert EASY in (await client.get(address)).text


async def test_easy_words_for_what_the_original_said_before_are_not_taken_for_what_it_says_now(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """The original changes while somebody writes: they see the new one, and what they typed."""
    board = await a_board(db)
    here = f"/wordings/board/{board.id}"
    await login(client, (await an_account(db, Role.ADMINISTRATOR)).id or 0)
    form = values(parsed(await client.get(here)))
    edited = values(parsed(await client.get(f"/admin/boards/{board.slug}"))) | {"about": "べつの目的です。"}
    assert (await client.post(f"/admin/boards/{board.slug}", data=edited)).status_code == 303
    assert (await client.post(here, data=form | {"body": EASY, "number": "7"})).status_code == 409
    late = await client.post(here, data=form | {"body": EASY})
    assert (late.status_code, EASY in late.text, "べつの目的です。" in late.text) == (409, True, True)
    assert "ほかの人が書いた、いまの文" not in late.text
    assert (await client.post(here, data=values(parsed(late)))).status_code == 303


async def test_a_rule_that_is_reworded_loses_its_easy_words(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    await charters.put_first_charter_in_force(db)
    await login(client, (await a_staff_member(db)).id or 0)
    assert (await client.post("/wordings/rule/4", data={"number": "0", "body": EASY})).status_code == 303
    await client.post("/locale", data={"locale": "ja-easy"})
    page = (await client.get("/rules")).text
    assert EASY in page
    assert "もとの文（こちらがきまりです）" in page
    texts = [
        {name: getattr(rule, name) for name in ("number", "title", "title_en", "body", "body_en")}
        for rule in newest(await rule_versions(db)).values()
    ]
    texts[3]["body"] += "あらたに。"
    start = clock.now() + timedelta(days=8)
    await charters.announce(db, Charter.model_validate({"rule": texts}), start)
    assert EASY in (await client.get("/rules")).text
    with clock.at(start + timedelta(minutes=1)):
        assert EASY not in (await client.get("/rules")).text
        listed = (await client.get("/wordings")).text
        assert listed.index("もとの文が変わりました</") < listed.index("まだありません")


async def test_an_answer_of_the_city_has_easy_words_until_it_says_something_else(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    story = await promised(db)
    clerk = story.clerk
    answer = await a_post(db, clerk, topic=story.opening, body="樹木を伐採します。")
    plain = await a_post(db, clerk, topic=story.opening)
    await take(db, story, Act.ANSWERED, post=answer.id)
    here, read = f"/wordings/answer/{answer.id}", f"/topics/{story.id}"
    assert (await client.post(here, data={"number": "0", "body": EASY})).status_code == 403
    await login(client, clerk.id or 0)
    assert (await client.get(f"/wordings/answer/{plain.id}")).status_code == 404
    assert "樹木を伐採します。" in (await client.get(here)).text
    before = (await the_post(db, answer.id)).change
    assert (await client.post(here, data={"number": "0", "body": EASY})).status_code == 303
    assert (await the_post(db, answer.id)).change > before
    assert EASY not in (await client.get(read)).text
    await client.post("/locale", data={"locale": "ja-easy"})
    assert EASY in (await client.get(read)).text
    assert here in (await client.get("/wordings")).text
    await discussing.edit(db, clerk, answer.id, Edit(body="樹木を残します。", version=answer.version))
    assert EASY not in (await client.get(read)).text
    assert "もとの文が変わりました</" in (await client.get("/wordings")).text
    await judging.hide(db, await a_moderator(db), answer.id)
    assert (await client.get(here)).status_code == 404
