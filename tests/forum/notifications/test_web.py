"""The inbox, as its owner meets it."""

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import Actor, Role
from forum.accounts.actions import change_role
from forum.app import create_app
from forum.db import Database
from forum.notifications import actions, queries
from forum.notifications.pushing import message
from forum.notifications.rules import PER_PAGE
from forum.settings import Settings
from tests import judging
from tests.conftest import Budget, Login, visitor
from tests.factories import a_board, a_moderator, a_post, a_staff_member, a_topic, an_account
from tests.forum.accounts.test_factors import an_owner
from tests.forum.accounts.test_web import mails
from tests.pages import links, parsed, text_of


@pytest.fixture
async def owner(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    """The one who is logged in."""
    actor = await an_account(db)
    await login(client, actor.id or 0)
    return actor


async def told(db: Database, actor: Actor) -> list[queries.Notification]:
    return await queries.page_of_account(db, actor.id or 0, before=2**62, limit=100)


async def test_a_reply_is_told_and_leads_to_its_place(
    client: httpx.AsyncClient, db: Database, owner: Actor
) -> None:
    question, asking = await a_topic(db, owner), await an_account(db)
    answer = await a_post(db, asking, topic=question, body="<b>なぜ</b>ですか。", reply_to_id=question.id)
    inbox = parsed(await client.get("/inbox"))
    assert f"{asking.pen_name}さんが、あなたの投稿#1に返信しました" in text_of(inbox)
    assert "<b>なぜ</b>ですか。" in text_of(inbox)
    [notification] = await told(db, owner)
    assert f"/inbox/{notification.id}" in links(inbox)
    page = await client.get(f"/inbox/{notification.id}")
    assert (page.status_code, page.headers["location"]) == (303, f"/posts/{answer.id}")


async def test_following_a_notification_reads_it(
    client: httpx.AsyncClient, db: Database, owner: Actor
) -> None:
    question = await a_topic(db, owner)
    await a_post(db, topic=question, reply_to_id=question.id)
    [notification] = await told(db, owner)
    assert unread(await client.get("/")) == "1"
    await client.get(f"/inbox/{notification.id}")
    assert unread(await client.get("/")) == ""
    assert "未読" not in (await client.get("/inbox")).text


async def test_all_can_be_read_at_once(client: httpx.AsyncClient, db: Database, owner: Actor) -> None:
    question = await a_topic(db, owner)
    for _ in range(3):
        await a_post(db, topic=question, reply_to_id=question.id)
    assert unread(await client.get("/")) == "3"
    page = await client.post("/inbox/read")
    assert (page.status_code, page.headers["location"]) == (303, "/inbox")
    assert unread(await client.get("/inbox")) == ""


async def test_an_inbox_is_its_owners_alone(
    client: httpx.AsyncClient, app: Starlette, db: Database, owner: Actor
) -> None:
    other = await an_account(db)
    question = await a_topic(db, other)
    await a_post(db, topic=question, reply_to_id=question.id, body="よその返信")
    [notification] = await told(db, other)
    assert "よその返信" not in (await client.get("/inbox")).text
    assert (await client.get(f"/inbox/{notification.id}")).status_code == 404
    await client.post("/inbox/read")
    async with visitor(app) as guest:
        assert (await guest.get(f"/inbox/{notification.id}")).status_code == 404
        for answer in (await guest.get("/inbox"), await guest.post("/inbox/read")):
            assert answer.headers["location"] == "/login?next=/inbox"
    assert [read.read_at for read in await told(db, other)] == [None]


async def test_an_inbox_is_paged_in_few_statements(
    client: httpx.AsyncClient, db: Database, owner: Actor, queries: Budget
) -> None:
    async with db.transaction():
        for n in range(PER_PAGE + 5):
            await actions.tell(
                db, owner.id or 0, "reply", "/", post=None, by="市民", number=n, topic="題", excerpt=""
            )
    async with queries(2):
        newest = await client.get("/inbox")
    assert newest.text.count('<li class="row') == PER_PAGE
    [older] = [link for link in links(parsed(newest)) if link.startswith("/inbox?before=")]
    assert (await client.get(older)).text.count('<li class="row') == 5


async def test_words_that_were_hidden_since_are_told_no_more(
    client: httpx.AsyncClient, db: Database, owner: Actor
) -> None:
    question = await a_topic(db, owner)
    answer = await a_post(db, topic=question, reply_to_id=question.id, body="ひどい言葉")
    assert "ひどい言葉" in (await client.get("/inbox")).text
    await judging.hide(db, await a_moderator(db), answer.id)
    inbox = await client.get("/inbox")
    assert "ひどい言葉" not in inbox.text
    assert "返信しました" in inbox.text


async def test_what_the_phases_of_a_room_ask_is_not_told_to_whoever_is_out_of_it(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk = await a_staff_member(db)
    topic = await a_topic(db, clerk, board=await a_board(db, "staff"))
    said = {"topic": "内輪の話題", "phase": "内輪の段階", "asks": "内輪の問い"}
    for until in ("2026-04-01T00:00:00+09:00", ""):
        params = said if until else said | {"phase": "", "asks": ""}
        async with db.transaction():
            await actions.tell(db, clerk.id or 0, "phase_begun", "/", post=topic.id, until=until, **params)
    await login(client, clerk.id or 0)
    inbox = (await client.get("/inbox")).text
    assert [words in inbox for words in said.values()] == [True] * 3
    await change_role(db, clerk.id or 0, Role.RESIDENT)
    inbox = (await client.get("/inbox")).text
    assert "内輪" not in inbox
    assert [inbox.count(words) for words in ("次の段階に入りました", "期間が終わりました")] == [1, 1]


def unread(page: httpx.Response) -> str:
    """What the counter in the header shows."""
    [counter] = [span for span in parsed(page).iter("span") if span.get("id") == "unread-count"]
    return text_of(counter)


async def test_what_is_told_to_an_office_is_kept_back_while_that_waits_for_a_second_factor(
    settings: Settings, db: Database, login: Login, migrated_url: str
) -> None:
    demanding = create_app(settings.model_copy(update={"second_factor": "required"}), db, migrated_url)
    clerk, colleague = await a_staff_member(db), await a_staff_member(db)
    inside = await a_topic(db, clerk, board=await a_board(db, kind="staff"))
    await a_post(db, colleague, topic=inside, body="まだ言えないこと", reply_to_id=inside.id)
    async with db.transaction():
        await actions.tell(
            db, clerk.id or 0, "rights_waiting", "/rights-requests", news="received", receipt="R-7"
        )
    outside = await a_topic(db, clerk)
    await a_post(db, topic=outside, body="だれでも読めること", reply_to_id=outside.id)
    async with visitor(demanding) as client:
        await login(client, clerk.id or 0)
        shown = text_of(parsed(await client.get("/inbox")))
        assert "だれでも読めること" in shown
        assert ("まだ言えないこと" in shown, "R-7" in shown, colleague.pen_name in shown) == (False,) * 3
        assert shown.count("二要素認証を設定すると読めます") == 2
        for notice in (await told(db, clerk))[1:]:
            led = await client.get(f"/inbox/{notice.id}")
            assert led.headers["location"] == "/account/second-factor"
        assert unread(await client.get("/")) == "3", "it is read once it can be"
        notices = await told(db, clerk)
        assert "二要素認証を設定すると読めます" in message(demanding.state.site, notices[1:2], waits=True)
        [mail] = await mails(demanding, db)
        assert "だれでも読めること" in mail
        assert ("まだ言えないこと" in mail, "R-7" in mail) == (False, False)
        await an_owner(db, clerk)
        await login(client, clerk.id or 0)
        shown = text_of(parsed(await client.get("/inbox")))
        assert ("まだ言えないこと" in shown, "R-7" in shown) == (True, True)
