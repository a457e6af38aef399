"""Filters of the queue, views that are kept, and many items decided at once."""

from datetime import timedelta
from html import escape

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.boards import actions as boards
from forum.db import Database
from forum.errors import Forbidden
from forum.posts.rules import Post
from moderation.reviews import canned
from moderation.reviews.actions import claiming
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions, queue
from moderation.reviews.rules import ITEMS_PER_PAGE, Verdict
from moderation.reviews.targets import Target
from moderation.reviews.views import View
from tests.conftest import Login, visitor
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.moderation.reviews.test_actions import decide, report
from tests.pages import actions, links, parsed, text_of, values

HOUR = timedelta(hours=1)


async def a_queue(db: Database) -> tuple[Actor, dict[str, Post]]:
    """A moderator of one of two boards, and five posts that wait; `い` is old and of a newcomer, `ほ` was reported by two."""
    here, there = await a_board(db), await a_board(db)
    judge = await a_moderator(db)
    await boards.give_role(db, here.id, judge.id or 0, "moderator")
    judge, posts, now = await actor(db, judge.id or 0), {}, clock.now()
    for name, board, hours, rules in (
        ("い", here, 24 * 8, ()), ("ろ", there, 25, ()), ("は", here, 5, (1,)), ("に", there, 4, (4,)), ("ほ", here, 1, (4, 2)),
    ):  # fmt: skip
        with clock.at(now - hours * HOUR):
            author = await (an_account(db) if rules else a_newcomer(db))
            posts[name] = await a_topic(db, author, board=board, title=f"話題の{name}", body=f"言葉{name}")
            for rule in rules:
                await report(db, posts[name], rule=rule)
    await claiming.claim(db, judge, posts["は"].id)
    await claiming.claim(db, await a_moderator(db), posts["ほ"].id)
    return judge, posts


# what is chosen -> what is found
FILTERS = [
    ({}, "いろはにほ"),
    ({"kind": "held"}, "いろ"),
    ({"kind": "reported", "rule": "4"}, "にほ"),
    ({"rule": "2"}, "ほ"),
    ({"board": "~"}, "いはほ"),
    ({"waiting": "late"}, "いろは"),
    ({"waiting": "day"}, "いろ"),
    ({"waiting": "week"}, "い"),
    ({"looking": "me"}, "は"),
    ({"looking": "nobody"}, "いろに"),
    ({"author": "new"}, "いろ"),
    ({"author": "new", "board": "~"}, "い"),
    ({"rule": "9"}, ""),
    ({"kind": "", "board": "", "rule": "", "waiting": "", "looking": "", "author": ""}, "いろはにほ"),
]


async def test_the_queue_is_filtered_by_what_an_item_is(db: Database) -> None:
    judge, posts = await a_queue(db)
    names = {post.id: name for name, post in posts.items()}
    for chosen, expected in FILTERS:
        view = View.model_validate(chosen)
        found = await queue.page(db, judge, view, limit=10)
        assert {names[item.post_id] for item in found} == {*expected}, chosen
        measure = await queue.measure(db, judge, view)
        assert (measure.number, measure.since) == (
            len(expected),
            min((item.since for item in found), default=None),
        )


async def test_the_next_item_is_one_that_nobody_else_looks_at(db: Database) -> None:
    judge, posts = await a_queue(db)
    found, key = [], None
    while path := await queue.next_after(db, judge, View(), key):
        found.append(int(path.removeprefix("/queue/")))
        key = await queue.key_of(db, Target.POST, found[-1])
    assert found == [
        item.post_id
        for item in await queue.page(db, judge, View(), limit=9)
        if item.holder in (None, judge.pen_name)
    ]
    assert posts["ほ"].id not in found


async def test_a_view_is_kept_under_a_name_and_by_its_owner_alone(
    app: Starlette, db: Database, login: Login
) -> None:
    judge, _posts = await a_queue(db)
    async with visitor(app) as client, visitor(app) as other:
        await login(client, judge.id or 0)
        await login(other, (await a_moderator(db)).id or 0)
        form = {"name": "古い宣伝", "rule": "4", "waiting": "day"}
        kept = await client.post("/queue/views", data=form, follow_redirects=True)
        assert "古い宣伝" in kept.text
        assert kept.url.query == b"rule=4&waiting=day"
        assert "古い宣伝" not in (await other.get("/queue")).text
        number = await db.value("select max(id) from queue_views")
        await other.post(f"/queue/views/{number}/forget")
        assert "古い宣伝" in (await client.get("/queue")).text
        await client.post(f"/queue/views/{number}/forget")
        assert "古い宣伝" not in (await client.get("/queue")).text
        for bad in ({"name": ""}, {"name": "あ" * 31}, {"name": "あ", "kind": "x"}):
            assert (await client.post("/queue/views", data=bad)).status_code == 422


@pytest.mark.parametrize(
    "query", ["kind=x", "rule=x", "waiting=month", "looking=x", "author=old", "board=%00"]
)
async def test_there_is_no_such_view(
    client: httpx.AsyncClient, db: Database, login: Login, query: str
) -> None:
    await login(client, (await a_moderator(db)).id or 0)
    assert (await client.get(f"/queue?{query}")).status_code == 404


async def test_a_page_says_why_an_item_stands_where_it_does(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    judge, liar = await a_moderator(db), await an_account(db)
    for act in (Act.HIDE, Act.DISMISS, Act.DISMISS):
        post = await a_topic(db)
        await report(db, post, liar)
        await decide(db, judge, post, act)
    waiting = await a_topic(db, await an_account(db), body="電話は090-1234-5678です。")
    await report(db, waiting, liar, rule=1)
    await login(client, judge.id or 0)
    page = text_of(parsed(await client.get("/queue")))
    for said in ("なぜこの順番？", "個人情報・プライバシー", "通報3件のうち、1件が認められた", "電話番号"):
        assert said in page
    assert "通報3件のうち、1件が認められた" in text_of(parsed(await client.get(f"/queue/{waiting.id}")))


# ---- many at once


async def chosen(db: Database, judge: Actor) -> dict[int, str]:
    """Every item as the list offers it."""
    return {
        item.post_id: f"{item.post_id}.{item.version}.{item.report}"
        for item in await queue.page(db, judge, View(), limit=20)
    }


async def test_one_act_and_one_reason_make_a_line_for_each_post_and_say_what_was_left(
    app: Starlette, db: Database, login: Login
) -> None:
    judge, posts = await a_queue(db)
    items = await chosen(db, judge)
    await decide(db, await a_moderator(db), posts["に"], Act.DISMISS)
    own = await a_topic(db, judge)
    await report(db, own)
    form = {
        "items": [*items.values(), f"{own.id}.1.1", "999999.1.1"],
        "act": "hide",
        "rule": "4",
        "reason": "宣伝です。",
    }
    async with visitor(app) as client:
        await login(client, judge.id or 0)
        page = text_of(parsed(await client.post("/queue/bulk", data=form)))
    assert "7件のうち4件" in page
    assert "最後の判断は「通報を却下」です" in page
    assert "自分の投稿は審査できません" in page
    for name in "いろはほ":
        [line] = await decisions.of_post(db, posts[name].id)
        assert (line.act, line.rule_number, line.reason) == ("hide", 4, "宣伝です。")
    assert (await the_post(db, own.id)).state == "visible"


# what is sent beside the items -> status
INCOMPLETE = [
    ({"act": "hide", "rule": "4"}, 422),
    ({"act": "hide", "reason": "宣伝です。"}, 422),
    ({"act": "return"}, 422),
    ({"act": "edit"}, 422),
    ({"act": "hide", "canned": "4.ja"}, 200),
    ({"act": "return", "canned": "1.plain"}, 200),
    ({"act": "hide", "canned": "99.ja"}, 422),
]


@pytest.mark.parametrize(("form", "status"), INCOMPLETE)
async def test_an_incomplete_decision_on_many_decides_nothing(
    client: httpx.AsyncClient, db: Database, login: Login, form: dict[str, str], status: int
) -> None:
    judge, held = await a_moderator(db), await a_topic(db, await a_newcomer(db))
    await login(client, judge.id or 0)
    items = list((await chosen(db, judge)).values())
    answer = await client.post("/queue/bulk", data={"items": items, **form})
    assert answer.status_code == status
    assert bool(await decisions.of_post(db, held.id)) == (status == 200)
    if status == 422:
        assert f'value="{items[0]}" checked' in answer.text
    for broken in ([], ["1"], ["1.2.x"], ["1.2.3.4"]):
        assert (await client.post("/queue/bulk", data={**form, "items": broken})).status_code == 422


async def test_what_was_chosen_on_a_further_page_is_there_again(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    judge, topic = await a_moderator(db), await a_topic(db)
    for _ in range(ITEMS_PER_PAGE + 1):
        await a_post(db, await a_newcomer(db), topic=topic)
    await login(client, judge.id or 0)
    further = next(one for one in links(parsed(await client.get("/queue?kind=held"))) if "after=" in one)
    page = parsed(await client.get(further))
    (there,) = [one for one in actions(page) if one.startswith("/queue/bulk")]
    (item,) = [one.get("value") for one in page.iter("input") if one.get("name") == "items"]
    refused = await client.post(there, data={"items": item, "act": "hide", "reason": "宣伝です。"})
    assert refused.status_code == 422
    assert f'value="{item}" checked' in refused.text
    # Where the page looks for what is new.
    assert f'data-live-refresh="{escape(further)}"' in refused.text
    client.cookies.set("locale", "en")
    # And not to the newest: the list is in the order of what is due.
    assert "To the most urgent" in text_of(parsed(await client.get(further)))


async def test_only_moderators_decide_on_many(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    held = await a_topic(db, await a_newcomer(db))
    await login(client, (await an_account(db)).id or 0)
    form = {"items": f"{held.id}.1.0", "act": "approve"}
    assert (await client.post("/queue/bulk", data=form)).status_code == 403
    assert (await the_post(db, held.id)).state == "held"


# ---- reasons


async def test_a_reason_that_was_picked_is_picked_again_after_a_refusal(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    judge, held = await a_moderator(db), await a_topic(db, await a_newcomer(db))
    await login(client, judge.id or 0)
    form = {"act": "hide", "canned": "4.plain", "version": str(held.version + 1)}
    refused = parsed(await client.post(f"/queue/{held.id}", data=form))
    assert values(refused)["canned"] == "4.plain"
    many = {"act": "hide", "canned": "4.plain", "items": []}
    assert values(parsed(await client.post("/queue/bulk", data=many)))["canned"] == "4.plain"


def test_there_is_a_reason_for_every_rule_in_every_language() -> None:
    assert [one.rule for one in canned.reasons()] == [*range(1, 12)]
    for one in canned.reasons():
        assert one.said().keys() == canned.LANGUAGES.keys()
        assert len({*one.said().values()}) == 3
        assert one.plain.count("（") >= 2, "easy Japanese says how its kanji are read"


# act, rule, reason, what was picked -> rule, reason
PICKED = [
    (Act.HIDE, None, "", "4.en", 4, "It advertises or sells goods or services."),
    (Act.HIDE, 2, "", "4.en", 2, "It advertises or sells goods or services."),
    (Act.HIDE, 4, "自分の言葉", "4.en", 4, "自分の言葉"),
    (Act.APPROVE, None, "", "4.en", None, ""),
    (Act.DISMISS, None, "", "4.en", None, ""),
    (Act.HIDE, 4, "", "4.xx", 4, ""),
]


@pytest.mark.parametrize(("act", "rule", "reason", "pick", "cited", "said"), PICKED)
def test_a_picked_reason_counts_where_none_was_written(
    act: Act, rule: int | None, reason: str, pick: str, cited: int | None, said: str
) -> None:
    verdict = canned.completed(Verdict(act=act, rule=rule, reason=reason, version=1), pick)
    assert (verdict.rule, verdict.reason) == (cited, said)


async def test_what_one_may_not_judge_shows_no_word_in_the_results(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """Whoever moderates all boards does not read the staff room."""
    post = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"), body="内輪の話")
    moderator = await a_moderator(db)
    await login(client, moderator.id or 0)
    form = {"items": f"{post.id}.1.0", "act": "hide", "rule": "4", "reason": "宣伝です。"}
    page = await client.post("/queue/bulk", data=form)
    assert (page.status_code, "見つかりません" in page.text, "内輪の話" in page.text) == (200, True, False)
    await report(db, post, await a_staff_member(db))
    with pytest.raises(Forbidden):
        await claiming.claim(db, moderator, post.id)
