"""Before what somebody types at a decision, a report, an appeal or a claim reaches others, they are asked about what may be
personal data in it: once, with everything still there, and yes means yes."""

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import Actor, Role
from forum.db import Database
from forum.posts.rules import Post
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing
from moderation.reviews.actions import proposing
from moderation.reviews.acts import Act
from moderation.reviews.queries import proposals
from moderation.reviews.rules import Verdict
from tests.conftest import Login
from tests.factories import a_board, a_moderator, a_post, a_topic, actor, an_account
from tests.forum.topics.test_transfers import transfer
from tests.moderation.consultations import stories
from tests.moderation.reviews.test_actions import decide, report
from tests.moderation.reviews.test_pairs import a_desk
from tests.moderation.rights.test_requests import FILING, claimed
from tests.moderation.rights.test_requests import asked as claim_asked_about
from tests.pages import parsed, problems, text_of, values

NUMBER = "090-1234-5678"
TYPED = f"この方の電話は{NUMBER}です。\n二行目です。"
PUBLISH, TELL = "公開してよいですか。", "伝えてよいですか。"

Fill = dict[str, str]


async def asked(client: httpx.AsyncClient, address: str, field: str, fill: Fill, ask: str = PUBLISH) -> Fill:
    """Sends the form, is asked, finds everything still there, and returns the form with the box ticked."""
    sent = fill | {field: TYPED}
    page = await client.post(address, data=sent)
    assert page.status_code == 422, page.text
    tree = parsed(page)
    assert problems(tree)["public"] == f"電話番号のようです。{ask}"
    assert f"「{NUMBER}」は、電話番号のようです。" in text_of(tree)
    boxes = [box for box in tree.iter("input") if box.get("name") == "public"]
    assert [box.get("checked") for box in boxes] == [None]
    again = values(tree)
    assert again[field].strip() == TYPED
    # What a button says and what the page knows is not typed.
    for name in fill.keys() - {"act", "step", "items", "report", "do"}:
        assert again[name] == fill[name], name
    return sent | {"public": boxes[0].get("value") or ""}


async def yes(client: httpx.AsyncClient, address: str, field: str, fill: Fill, ask: str = PUBLISH) -> None:
    """Is asked, says yes, and is asked no more."""
    answer = await client.post(address, data=await asked(client, address, field, fill, ask))
    assert answer.status_code in (200, 303), answer.text
    assert "電話番号のようです" not in answer.text


@pytest.fixture
async def moderator(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    found = await a_moderator(db)
    await login(client, found.id or 0)
    return found


async def test_why_posts_go_another_way_or_back_is_asked_about_in_its_own_form(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    topic, there = await a_topic(db), await a_topic(db)
    post = await a_post(db, topic=topic)
    made = await transfer(db, moderator, topic.topic_id, "into", [post], to=str(there.topic_id))
    away = f"/topics/{there.topic_id}/transfer"
    back = {"transfer": str(made.id)}
    for address, sent in (
        (away, {"way": "whole", "to": str(topic.topic_id), "reason": TYPED}),
        (f"{away}/back", {**back, "why": TYPED}),
    ):
        page = parsed(await client.post(address, data=sent))
        (form,) = [one for one in page.iter("form") if "public" in problems(one)]
        assert (form.get("action") or "").split("?")[0] == address
        assert "電話番号のようです" in text_of(
            next(one for one in form.iter("div") if one.get("role") == "alert")
        )
    await yes(client, f"{away}/back", "why", back)
    late = await client.post(f"{away}/back", data={**back, "why": "もとの話です。"})
    assert (late.status_code, "もう元に戻されています" in late.text) == (409, True)


async def test_the_title_of_a_topic_made_of_posts_is_asked_about(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    topic = await a_topic(db)
    post = await a_post(db, topic=topic)
    address = f"/topics/{topic.topic_id}/transfer"
    sent = {"way": "new", "posts": str(post.id), "reason": "別の話です。", "board_id": str(topic.board_id)}
    sent["title"] = f"{NUMBER}への苦情"
    elsewhere = await client.post(address, data=sent | {"way": "into", "to": "0"})
    assert "電話番号のようです" not in elsewhere.text, "it is no title then"
    page = await client.post(address, data=sent)
    assert (page.status_code, f"「{NUMBER}」は、電話番号のようです。" in page.text) == (422, True)
    (box,) = [box for box in parsed(page).iter("input") if box.get("name") == "public"]
    made = await client.post(address, data=sent | {"public": box.get("value") or ""})
    assert made.status_code == 303


async def _reported(db: Database) -> tuple[Post, str]:
    post = await a_post(db)
    await report(db, post)
    return post, str(post.version)


async def test_the_reason_of_every_decision_is_asked_about(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    post, version = await _reported(db)
    hide = {"act": "hide", "rule": "4", "version": version, "report": "9999999999"}
    await yes(client, f"/queue/{post.id}", "reason", hide)
    other, version = await _reported(db)
    many = {"act": "hide", "rule": "4", "items": f"{other.id}.{version}.9999999999"}
    await yes(client, "/queue/bulk", "reason", many)
    third, version = await _reported(db)
    warn = {"act": "warn", "rule": "4", "days": "1", "version": version}
    await yes(client, f"/queue/{third.id}/author", "reason", warn)
    await yes(client, f"/topics/{third.topic_id}/keep", "reason", {"act": "lock"})


async def test_the_reasons_of_masking_and_of_lifting_masks_are_asked_about(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    post = await a_post(db, body="連絡は本町の田中まで。")
    address = f"/queue/{post.id}/mask"
    await yes(
        client,
        address,
        "reason",
        {"act": "mask", "rule": "1", "passages": "田中", "version": str(post.version)},
    )
    version = values(parsed(await client.get(address)))["version"]
    await yes(client, address, "reason", {"act": "unmask", "version": version})


async def test_the_answer_to_an_appeal_is_asked_about(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    post, _version = await _reported(db)
    decision = await decide(db, await a_moderator(db), post, Act.HIDE)
    number = await appeals.file(db, await actor(db, post.author_id), decision, Filing(body="違います。"))
    await yes(client, f"/appeals/{number}", "reason", {"outcome": "overturned"})


async def test_the_answer_to_a_claim_is_asked_about(
    client: httpx.AsyncClient, db: Database, app: Starlette, moderator: Actor
) -> None:
    _post, number = await claimed(db, app.state.site)
    await yes(client, f"/rights-requests/{number}/decision", "reason", {"outcome": "refused"})


async def test_why_a_proposal_is_declined_and_why_a_board_asks_for_two_is_asked_about(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    desk = await a_desk(db)
    post = await a_post(db, topic=desk.topic)
    verdict = Verdict(act=Act.HIDE, rule=4, reason="宣伝です。", version=post.version)
    await proposing.decide(db, desk.first, post.id, verdict)
    await login(client, desk.second.id or 0)
    (waiting,) = await proposals.of_post(db, post.id)
    address = f"/queue/{post.id}/proposals/{waiting.id}"
    await yes(client, address, "answer", {"step": "decline", "version": str(post.version)})
    await login(client, (await an_account(db, Role.ADMINISTRATOR)).id or 0)
    await yes(client, "/moderation/pairs", "why", {"board": str((await a_board(db)).id), "asks": "yes"})


async def test_a_report_and_an_appeal_are_asked_about(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    post, _version = await _reported(db)
    reporter = await an_account(db)
    await login(client, reporter.id or 0)
    await yes(client, f"/posts/{post.id}/report", "note", {"rule": "4"}, TELL)
    decision = await decide(db, await a_moderator(db), post, Act.DISMISS)
    await yes(client, f"/appeals/new?decision={decision}", "body", {}, TELL)


async def test_a_report_may_name_what_everybody_reads_in_the_post(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    post = await a_post(db, topic=await a_topic(db), body=f"連絡は{NUMBER}まで。")
    await login(client, (await an_account(db)).id or 0)
    answer = await client.post(f"/posts/{post.id}/report", data={"rule": "1", "note": TYPED})
    assert answer.status_code == 303


async def test_a_claim_and_the_answer_of_the_author_are_asked_about(
    client: httpx.AsyncClient, db: Database, app: Starlette, login: Login
) -> None:
    post, number, author, _moderator = await claim_asked_about(db, app.state.site)
    claim = {
        name: str(value or "")
        for name, value in FILING.model_dump(exclude={"reason", "candidate", "once"}).items()
    }
    await yes(client, "/rights-requests/new", "reason", claim | {"post": f"/posts/{post.id}"}, TELL)
    await login(client, author.id or 0)
    await yes(client, f"/rights-requests/{number}/reply", "body", {"answer": "objected"}, TELL)


async def test_a_submission_is_asked_about_beside_what_will_be_published(
    client: httpx.AsyncClient, db: Database
) -> None:
    procedure = await stories.announced(db)
    address = f"/consultations/{procedure.id}/submissions"
    typed = {"name": stories.NAME, "address": stories.ADDRESS, "standing": "lives"}
    with stories.on_day(5):
        preview = await client.post(address, data=typed | {"body": TYPED, "do": "preview"})
        assert preview.status_code == 200
        assert f"「{NUMBER}」は、電話番号のようです。" in text_of(parsed(preview))
        await yes(client, address, "body", typed | {"do": "send"})


async def test_what_is_wrong_and_what_is_asked_is_said_at_once(
    client: httpx.AsyncClient, db: Database, moderator: Actor
) -> None:
    post, version = await _reported(db)
    page = await client.post(
        f"/queue/{post.id}", data={"act": "hide", "rule": "no", "reason": TYPED, "version": version}
    )
    assert problems(parsed(page)).keys() == {"rule", "public"}
