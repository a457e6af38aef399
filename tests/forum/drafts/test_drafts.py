"""What is written and not sent: on every device, for nobody else, never lost, gone once it is sent."""

from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.accounts.actions import restrict
from forum.app import create_app
from forum.db import Database
from forum.drafts import actions, queries, rules
from forum.drafts.rules import Place
from forum.settings import Settings
from forum.topics import queries as topics
from tests import judging
from tests.conftest import Login, visitor
from tests.factories import a_board, a_moderator, a_post, a_staff_member, a_topic, an_account
from tests.forum.accounts.test_factors import an_owner
from tests.pages import parsed, text_of, values

SCRIPT = {"X-Requested-With": "fetch"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def resident(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    """The one who is logged in."""
    actor = await an_account(db)
    await login(client, actor.id or 0)
    return actor


async def test_what_a_page_of_somebody_else_sends_is_not_of_whoever_logged_in_since(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic, before = await a_topic(db), await an_account(db)
    place = f"/topics/{topic.topic_id}"
    typed = {"place": f"reply:{topic.topic_id}", "at": place, "draft": "", "body": "わたしの言葉"}
    refused = await client.post("/drafts", data=typed, headers=SCRIPT | {"X-Viewer": before.pseudonym})
    assert refused.status_code == 403
    assert await queries.of_account(db, resident.id or 0) == []
    headers = SCRIPT | {"X-Viewer": before.pseudonym}
    reply = await client.post(f"{place}/replies", data=typed, headers=headers)
    assert (reply.status_code, "わたしの言葉" in reply.text) == (403, True)
    for opened_by in (resident.pseudonym, ""):
        kept = await client.post("/drafts", data=typed, headers=SCRIPT | {"X-Viewer": opened_by})
        assert kept.status_code == 200
    assert len(await queries.of_account(db, resident.id or 0)) == 1


@pytest.mark.parametrize(
    ("typed", "is_empty"),
    [
        ({}, True),
        ({"body": [" \n\u3000"], "reply_to_id": ["12"], "version": ["3"]}, True),
        ({"body": ["守"]}, False),
        ({"title": [""], "body": ["a"]}, False),
    ],
)
def test_numbers_alone_are_nothing_written(typed: dict[str, list[str]], is_empty: bool) -> None:
    assert rules.is_empty(typed) is is_empty


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reply_to_id": ["12"], "body": ["I agree with this."]}, ["I agree with this."]),
        ({"body": ["More lamps, please."], "title": ["夜道"]}, ["More lamps, please.", "夜道"]),
        ({"board": ["welfare"], "title": ["灯り"], "days": ["30"]}, ["灯り"]),
        ({"reply_to_id": [""], "body": ["Yes!"]}, ["Yes!"]),
        ({"reply_to_id": ["12"], "body": [""]}, []),
    ],
)
def test_words_are_what_a_person_wrote_in_any_language(typed: dict[str, list[str]], words: list[str]) -> None:
    assert rules.words(typed) == words


def test_what_belongs_to_the_form_is_not_kept() -> None:
    typed = {"place": ["reply:1"], "draft": [""], "file": ["a.jpg"], "public": ["x"], "body": ["a\0b"]}
    assert rules.kept_fields(typed) == {"body": ["a\ufffdb"]}


async def test_two_devices_go_on_and_nothing_is_lost(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login, resident: Actor
) -> None:
    topic = (await a_topic(db, title="夜道の灯り")).topic_id
    form = {"place": f"reply:{topic}", "at": f"/topics/{topic}?page=last#compose", "draft": ""}

    async def save(device: httpx.AsyncClient, body: str, stamp: str) -> str:
        answer = await device.post("/drafts", data=form | {"body": body, "draft": stamp}, headers=SCRIPT)
        assert answer.status_code == 200
        return answer.text

    first = await save(client, "野川の", "")
    again = await save(client, "野川の土手に", first)
    assert again.partition(".")[0] == first.partition(".")[0]
    assert await save(client, "野川の土手に", "") == again  # sent twice by a bad line
    async with visitor(app) as phone:
        await login(phone, resident.id or 0)
        there = parsed(await phone.get(f"/topics/{topic}"))
        assert (values(there)["body"].strip(), values(there)["draft"]) == ("野川の土手に", again)
        assert "書きかけの文章を戻しました。" in text_of(there)
        await save(phone, "野川の土手に花を", again)
        apart = await save(client, "野川の土手に灯りを", again)
        listed = parsed(await phone.get("/drafts"))
        assert {"野川の土手に花を", "野川の土手に灯りを"} <= {text_of(p) for p in listed.iter("p")}
        assert text_of(listed).count("返信：夜道の灯り") == 2
        chosen = await phone.get(f"/topics/{topic}?draft={apart.partition('.')[0]}")
        assert "別の端末で書いた下書きも残っています（1件）" in text_of(parsed(chosen))
        sending = form | {"body": "野川の土手に灯りを。", "draft": apart}
        assert (await phone.post(f"/topics/{topic}/replies", data=sending)).status_code == 303
        assert values(parsed(await phone.get(f"/topics/{topic}")))["body"].strip() == "野川の土手に花を"
    assert await save(client, " ", (await queries.of_account(db, resident.id or 0))[0].stamp) == ""
    assert "下書きはありません。" in (await client.get("/drafts")).text


async def test_sending_leaves_what_another_device_has_written_since(db: Database) -> None:
    writer, typed = await an_account(db), {"body": ["野川の土手に"]}
    form = Place(place="reply:1", at="/topics/1")
    begun = await actions.keep(db, writer, form, typed)
    assert begun is not None
    here = form.model_copy(update={"draft": begun.stamp})
    longer = await actions.keep(db, writer, here, {"body": ["野川の土手に花を植えて、"]})
    await actions.sent(db, writer.id or 0, here, {"body": ["野川の土手に灯りを。"]})
    assert await queries.of_account(db, writer.id or 0) == [longer]


@pytest.mark.parametrize("late", ["夜道が", "夜道が暗い。\r\n灯りを。", "夜道が暗い。\n灯りを。\n"])
async def test_a_draft_that_arrives_after_its_words_is_no_draft_any_more(
    client: httpx.AsyncClient, db: Database, resident: Actor, late: str
) -> None:
    """What was typed is saved while the form is sent: whichever of them comes first."""
    topic = await a_topic(db)
    place = f"/topics/{topic.topic_id}"
    form = {"place": f"reply:{topic.topic_id}", "at": place, "draft": "", "body": "夜道が暗い。\n灯りを。"}
    before = await client.post("/drafts", data=form | {"body": "夜道"}, headers=SCRIPT)
    form |= {"draft": before.text}
    assert (await client.post(f"{place}/replies", data=form)).status_code == 303
    kept = await client.post("/drafts", data=form | {"body": late}, headers=SCRIPT)
    assert (kept.status_code, kept.text) == (200, "")
    assert await queries.of_account(db, resident.id or 0) == []


async def test_a_draft_that_arrives_while_its_words_do_goes_with_them(db: Database) -> None:
    who, place = await an_account(db), Place(place="reply:1", at="/topics/1")
    first = await actions.keep(db, who, place, {"body": ["夜道"]})
    assert first is not None
    known = place.model_copy(update={"draft": first.stamp})
    await actions.keep(db, who, known, {"body": ["夜道が暗い"], "reply_to_id": [""]})
    await actions.sent(db, who.id or 0, known, {"body": ["夜道が暗い。灯りを。"], "reply_to_id": [""]})
    assert await queries.of_account(db, who.id or 0) == []


@pytest.mark.parametrize(
    ("body", "title", "minutes"),
    [
        ("灯りを", "", 0),
        ("夜道が", "ほかの話", 0),
        ("", "夜道", 0),
        ("夜道が暗い。もっと", "", 0),
        ("夜道が", "", 2),
    ],
)
async def test_other_words_and_later_ones_are_kept(
    client: httpx.AsyncClient, db: Database, resident: Actor, body: str, title: str, minutes: int
) -> None:
    topic = await a_topic(db)
    await a_post(db, resident, topic=topic, body="夜道が暗い。")
    form = {
        "place": f"reply:{topic.topic_id}",
        "at": f"/topics/{topic.topic_id}",
        "body": body,
        "title": title,
    }
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        await client.post("/drafts", data=form, headers=SCRIPT)
    assert len(await queries.of_account(db, resident.id or 0)) == 1


async def test_drafts_are_listed_with_the_discussion_or_the_board_where_they_belong(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    opened, edited = await a_topic(db, title="夜道の灯り"), await a_post(db, resident)
    inside = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"), title="職員の話")
    board = await a_board(db)
    for place in (
        f"reply:{opened.topic_id}",
        f"recap:{inside.topic_id}",
        f"edit:{edited.id}",
        f"topic:{board.slug}",
    ):
        await actions.keep(db, resident, Place(place=place, at="/topics/1"), {"body": ["書きかけ"]})

    async def named() -> list[str]:
        page = parsed(await client.get("/drafts"))
        return [text_of(link) for heading in page.iter("h2") for link in heading.iter("a")]

    names = ["新しい話題：" + board.name, "投稿の編集：野川の緑", "ここまでのまとめ", "返信：夜道の灯り"]
    assert await named() == names
    await judging.hide(db, await a_moderator(db), opened.id)
    assert (await named())[3] == "返信：（公開をやめた話題）"


async def test_a_button_keeps_a_draft_without_scripts(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login, resident: Actor
) -> None:
    post = await a_post(db, resident)
    for page, typed in (
        (f"/posts/{post.id}/edit", {"body": "直している途中"}),
        (f"/boards/{await _slug(db, post.topic_id)}/topics/new", {"title": "夜道", "body": "暗い。"}),
    ):
        form = {
            k: v for k, v in values(parsed(await client.get(page))).items() if k not in ("next", "furigana")
        }
        answer = await client.post("/drafts", data=form | typed)
        assert answer.status_code == 303
        again = values(parsed(await client.get(answer.headers["location"])))
        assert {name: again[name].strip() for name in typed} == typed
    drafts = await queries.of_account(db, resident.id or 0)
    assert [draft.typed.get("version") for draft in drafts] == [None, [str(post.version)]]
    async with visitor(app) as other:  # who knows the number of a draft learns nothing, and changes nothing
        await login(other, (await an_account(db)).id or 0)
        assert (await other.post(f"/drafts/{drafts[0].id}/discard")).status_code == 404
        assert "暗い。" not in (await other.get("/drafts")).text
    gone = await client.post(f"/drafts/{drafts[0].id}/discard", data={"at": "/x"})
    assert gone.headers["location"] == drafts[0].url
    assert [draft.id for draft in await queries.of_account(db, resident.id or 0)] == [drafts[1].id]


async def test_whoever_may_not_write_any_more_still_throws_drafts_away(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    draft = await actions.keep(db, resident, Place(place="reply:1", at="/topics/1"), {"body": ["道"]})
    assert draft is not None
    await restrict(db, resident.id or 0, suspended_at=clock.now())
    assert f"/drafts/{draft.id}/discard" in (await client.get("/drafts")).text
    assert (await client.post(f"/drafts/{draft.id}/discard")).headers["location"] == "/drafts"
    client.cookies.clear()
    guest = await client.post(f"/drafts/{draft.id}/discard")
    assert guest.headers["location"] == "/login?next=/drafts"
    assert await queries.of_account(db, resident.id or 0) == []


async def test_what_cannot_be_kept_is_shown_again(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    form = {"place": "reply:1", "at": "/topics/1"}
    long = "長" * (rules.LETTERS_MAX + 1)
    for typed, status in (({"body": long}, 422), ({"body": "道", "at": "//evil.test"}, 422)):
        answer = await client.post("/drafts", data=form | typed)
        assert answer.status_code == status
        assert typed["body"] in answer.text
    client.cookies.clear()
    answer = await client.post("/drafts", data=form | {"body": "出たあとの文章"})
    assert (answer.status_code, "出たあとの文章" in answer.text) == (403, True)
    assert (await client.post("/drafts", data=form | {"body": "x"}, headers=SCRIPT)).status_code == 403
    assert await queries.of_account(db, resident.id or 0) == []


async def test_drafts_are_bounded_and_forgotten(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "DRAFTS_MAX", 2)
    writer = await an_account(db)
    for number in range(3):
        await actions.keep(db, writer, Place(place=f"reply:{number}", at="/topics/1"), {"body": ["道"]})
    kept = await queries.of_account(db, writer.id or 0)
    assert [draft.place for draft in kept] == ["reply:2", "reply:1"]
    await actions.forget(db)
    assert len(await queries.of_account(db, writer.id or 0)) == 2
    with clock.at(clock.now() + rules.KEPT_FOR):
        await actions.forget(db)
    assert await queries.of_account(db, writer.id or 0) == []


async def _slug(db: Database, topic_id: int) -> str:
    topic = await topics.topic(db, topic_id)
    assert topic is not None
    return topic.board_slug


async def test_a_preview_says_which_names_call_nobody(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic, there = (await a_topic(db)).topic_id, (await an_account(db)).pen_name
    typed = {
        "body": f"@{there}さん、@「{there}」さん、@いない人さん、@「どこにも」さん、a@b.jp、`@だれか`",
        "draft": "",
    }
    for headers in (SCRIPT, {}):
        page = await client.post(f"/topics/{topic}/replies/preview", data=typed, headers=headers)
        assert page.text.count(f"<strong>@{there}</strong>") == 2
        assert "だれも呼んでいません：@いない人、@どこにも。" in text_of(parsed(page))
    typed["body"] = f"@{there}さん"
    said = await client.post(f"/topics/{topic}/replies/preview", data=typed, headers=SCRIPT)
    assert "だれも呼んでいません" not in said.text


async def test_a_preview_is_what_will_be_posted(
    client: httpx.AsyncClient, db: Database, resident: Actor
) -> None:
    topic = (await a_topic(db)).topic_id
    typed = {"body": "**街灯**を\n<b>ここ</b>に", "draft": ""}
    alone = await client.post(f"/topics/{topic}/replies/preview", data=typed, headers=SCRIPT)
    assert "<strong>街灯</strong>を<br>" in alone.text
    assert "&lt;b&gt;ここ" in alone.text
    page = await client.post(f"/topics/{topic}/replies/preview", data=typed)
    assert (page.status_code, values(parsed(page))["body"].strip()) == (200, typed["body"])
    assert "<strong>街灯</strong>を<br>" in page.text
    for body in ("", "長" * 4001):
        refused = await client.post(f"/topics/{topic}/replies/preview", data={"body": body}, headers=SCRIPT)
        assert (refused.status_code, refused.headers["content-type"][:10]) == (422, "text/plain")
    assert (await client.get(f"/topics/{topic}")).text.count("<article") == 1
    client.cookies.clear()
    assert (await client.post(f"/topics/{topic}/replies/preview", data=typed)).status_code == 403


async def test_what_was_begun_in_an_office_is_not_shown_while_that_waits_for_a_second_factor(
    db: Database, login: Login, settings: Settings, migrated_url: str
) -> None:
    clerk = await a_staff_member(db)
    inside, outside = await a_topic(db, clerk, board=await a_board(db, kind="staff")), await a_topic(db)
    for place, words in (
        (f"reply:{inside.topic_id}", "内輪の話"),
        (f"city-answer:{outside.topic_id}", "まだ言えない答え"),
        (f"reply:{outside.topic_id}", "だれにでも言うこと"),
    ):
        at = f"/topics/{place.partition(':')[2]}"
        await actions.keep(db, clerk, Place(place=place, at=at), {"body": [words]})
    demanding = create_app(settings.model_copy(update={"second_factor": "required"}), db, migrated_url)
    async with visitor(demanding) as client:
        await login(client, clerk.id or 0)
        shown = (await client.get("/drafts")).text
        assert ("内輪の話" in shown, "まだ言えない答え" in shown, "だれにでも言うこと" in shown) == (
            False,
            False,
            True,
        )
        await an_owner(db, clerk)
        await login(client, clerk.id or 0)
        shown = (await client.get("/drafts")).text
        assert ("内輪の話" in shown, "まだ言えない答え" in shown) == (True, True)
