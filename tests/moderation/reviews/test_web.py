"""The pages of the review over HTTP: what they show, to whom, and with which status."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import Actor, Role
from forum.boards import actions as boards
from forum.db import Database
from forum.notifications import queries as notifications
from forum.posts.rules import Edit, Post
from forum.rendering import Renderer
from forum.settings import Settings
from forum.topics.actions import discussing
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions
from moderation.reviews.rules import ITEMS_PER_PAGE
from tests.conftest import Login, visitor
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.forum.files.test_web import ALT, a_picture
from tests.moderation.reviews.test_actions import decide, report
from tests.pages import links, parsed, text_of

Queries = Callable[[int], AbstractAsyncContextManager[None]]


@pytest.fixture
def enter(app: Starlette, login: Login) -> Callable[..., Any]:
    """A visitor's client: `async with enter(actor) as client`, or `enter()` for a guest."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def entered(person: Actor | None = None) -> Any:
        async with visitor(app) as client:
            if person is not None and person.id is not None:
                await login(client, person.id)
            yield client

    return entered


def hidden_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\d+)">', page))


# ---- reporting


async def test_a_resident_reports_a_post_and_is_thanked(db: Database, enter: Any) -> None:
    post = await a_post(db)
    async with enter(await an_account(db)) as client:
        form = await client.get(f"/posts/{post.id}/report")
        assert "個人情報・プライバシー" in form.text
        sent = await client.post(
            f"/posts/{post.id}/report", data={"rule": "1", "note": "番号です。"}, follow_redirects=True
        )
        assert "通報を受け付けました" in sent.text
        # Where what is said at the top is seen, also on a phone, and from where one goes on.
        assert sent.url.path == f"/posts/{post.id}/report"
        assert f"/posts/{post.id}" in links(parsed(sent))
        again = await client.get(f"/posts/{post.id}/report")
        assert "もう通報しています" in again.text
        twice = await client.post(f"/posts/{post.id}/report", data={"rule": "1", "note": "まだあります。"})
        assert twice.status_code == 409
        assert "まだあります。" in twice.text


# what is sent -> status
REPORTS = [
    ({"rule": "4", "note": ""}, 303),
    ({"rule": "other", "note": "ほかの理由"}, 303),
    ({"rule": "other", "note": ""}, 422),
    ({"rule": "99", "note": "書いた言葉"}, 422),
    ({"rule": "x", "note": "書いた言葉"}, 422),
    ({"note": "書いた言葉"}, 422),
    ({"rule": "0", "note": "書いた言葉"}, 422),
    ({"rule": "4", "note": "あ" * 1001}, 422),
    ({"rule": "4", "note": "\x00"}, 422),
]


@pytest.mark.parametrize(("data", "status"), REPORTS)
async def test_a_report_is_checked_and_refilled(
    db: Database, enter: Any, data: dict[str, str], status: int
) -> None:
    post = await a_post(db)
    async with enter(await an_account(db)) as client:
        answer = await client.post(f"/posts/{post.id}/report", data=data)
        assert answer.status_code == status
        if status == 422 and "\x00" not in data["note"]:
            assert data["note"] in answer.text


async def test_who_may_not_report_is_told_so(db: Database, enter: Any) -> None:
    post = await a_post(db)
    author = await actor(db, post.author_id)
    for person, status in ((None, 403), (author, 403)):
        async with enter(person) as client:
            assert (await client.get(f"/posts/{post.id}/report")).status_code == status
            assert (await client.post(f"/posts/{post.id}/report", data={"rule": "4"})).status_code == status
    held = await a_post(db, await a_newcomer(db))
    async with enter(await an_account(db)) as client:
        assert (await client.get(f"/posts/{held.id}/report")).status_code == 404
        assert (await client.post("/posts/999999999/report", data={"rule": "4"})).status_code == 404


async def test_reports_in_quick_succession_have_to_wait(db: Database, enter: Any) -> None:
    reporter, topic = await an_account(db), await a_topic(db)
    posts = [await a_post(db, topic=topic) for _ in range(11)]
    async with enter(reporter) as client:
        answers = [await client.post(f"/posts/{post.id}/report", data={"rule": "4"}) for post in posts]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert "Retry-After" in answers[-1].headers


# ---- the queue

# who -> status of the queue, of an item, of an item that is held
DOORS = {
    "guest": (403, 403, 404),
    "resident": (403, 403, 404),
    "facilitator": (403, 403, 404),
    "staff": (403, 403, 404),
    "moderator": (200, 200, 200),
    "administrator": (200, 200, 200),
}


@pytest.mark.parametrize("name", DOORS)
async def test_who_comes_in(db: Database, enter: Any, name: str) -> None:
    board = await a_board(db)
    shown, held = await a_topic(db, board=board), await a_topic(db, await a_newcomer(db), board=board)
    async with enter(await a_person(db, name, board)) as client:
        addresses = ("/queue", f"/queue/{shown.id}", f"/queue/{held.id}")
        statuses = [(await client.get(address)).status_code for address in addresses]
        assert tuple(statuses) == DOORS[name]
        posted = await client.post(f"/queue/{held.id}", data={"act": "approve", "version": "1"})
        assert posted.status_code == (303 if DOORS[name][2] == 200 else 404)


async def a_person(db: Database, name: str, board: Any) -> Actor | None:
    if name == "facilitator":
        return await a_facilitator(db, board)
    if name == "staff":
        return await a_staff_member(db)
    return None if name == "guest" else await an_account(db, Role(name))


async def test_a_moderator_may_not_open_the_own_post(db: Database, enter: Any) -> None:
    moderator = await a_moderator(db)
    post = await a_post(db, moderator)
    async with enter(moderator) as client:
        answer = await client.get(f"/queue/{post.id}")
        assert (answer.status_code, "自分の投稿は審査できません" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "address",
    [
        "/queue?kind=x",
        "/queue?after=x",
        "/queue?after=1e400_1",
        f"/queue?after=1_{'9' * 30}",
        "/queue/0",
        "/queue/99999999999999999999",
    ],
)
async def test_a_broken_address_is_not_found(db: Database, enter: Any, address: str) -> None:
    async with enter(await a_moderator(db)) as client:
        assert (await client.get(address)).status_code == 404


async def test_the_queue_is_paged_and_filtered(db: Database, enter: Any) -> None:
    topic = await a_topic(db)
    for _ in range(ITEMS_PER_PAGE + 1):
        await a_post(db, await a_newcomer(db), topic=topic)
    await report(db, topic)
    async with enter(await a_moderator(db)) as client:
        first = (await client.get("/queue")).text
        assert first.count('id="item-') == ITEMS_PER_PAGE
        further = re.search(r'rel="next" href="([^"]+)"', first)
        assert further is not None
        assert (await client.get(further[1].replace("&amp;", "&"))).text.count('id="item-') == 2
        assert (await client.get("/queue?kind=reported")).text.count('id="item-') == 1


async def test_the_queue_takes_as_many_statements_for_twenty_items_as_for_none(
    db: Database, enter: Any, queries: Queries
) -> None:
    async with enter(await a_moderator(db)) as client:
        # Who asks, the header's counter, the list, the rules, the reporters' records, saved views, boards, what can be
        # undone, what this moderator proposed, who is on duty, and three of care: what was chosen, which
        # posts are hard to read, and for how long the moderator has been at it.
        async with queries(13):
            await client.get("/queue")
        topic = await a_topic(db)
        for _ in range(ITEMS_PER_PAGE):
            await report(db, await a_post(db, topic=topic))
        async with queries(13):
            assert (await client.get("/queue")).text.count('id="item-') == ITEMS_PER_PAGE


async def test_an_item_takes_a_bounded_number_of_statements(
    db: Database, enter: Any, queries: Queries
) -> None:
    post = await a_post(db, reply_to_id=None)
    moderator = await a_moderator(db)
    for _ in range(5):
        await report(db, post)
        await decide(db, moderator, post, Act.DISMISS)
    await report(db, post)
    async with enter(moderator) as client, queries(22):  # five of them claim it
        assert (await client.get(f"/queue/{post.id}")).status_code == 200


async def test_an_item_shows_what_a_judge_needs(db: Database, enter: Any) -> None:
    opening = await a_topic(db, body="はじめの投稿")
    post = await a_post(db, topic=opening, body="問題の投稿", reply_to_id=opening.id)
    after = await a_post(db, topic=opening, body="あとの投稿")
    reporter = await report(db, post, rule=2)
    async with enter(await a_moderator(db)) as client:
        page = (await client.get(f"/queue/{post.id}")).text
    for needed in (
        "はじめの投稿",
        "問題の投稿",
        "あとの投稿",
        "誹謗中傷",
        "見てください。",
        reporter.pen_name,
    ):
        assert needed in page
    assert after.number == 3


# ---- deciding


async def test_a_decision_is_made_on_the_page_and_leads_back_to_the_queue(db: Database, enter: Any) -> None:
    post = await a_post(db, await a_newcomer(db))
    async with enter(await a_moderator(db)) as client:
        fields = hidden_fields((await client.get(f"/queue/{post.id}")).text)
        answer = await client.post(
            f"/queue/{post.id}", data={**fields, "act": "approve"}, follow_redirects=True
        )
        assert answer.url.path == "/queue"
        assert "投稿を公開しました。" in answer.text
    assert (await the_post(db, post.id)).state == "visible"


async def test_a_decision_without_grounds_comes_back_with_what_was_typed(db: Database, enter: Any) -> None:
    post = await a_post(db)
    async with enter(await a_moderator(db)) as client:
        fields = hidden_fields((await client.get(f"/queue/{post.id}")).text)
        answer = await client.post(
            f"/queue/{post.id}", data={**fields, "act": "hide", "reason": "宣伝です。"}
        )
    assert answer.status_code == 422
    assert "どのきまりに当たるか" in answer.text
    assert "宣伝です。</textarea>" in answer.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "edit", "version": "1"},
        {"act": "hide", "version": "x", "rule": "4", "reason": "理由"},
        {"act": "hide", "version": "1", "rule": "4", "reason": "あ" * 1001},
        {"act": "dismiss", "version": "1", "report": "99999999999999999999"},
    ],
)
async def test_garbage_decides_nothing(db: Database, enter: Any, data: dict[str, str]) -> None:
    post = await a_post(db)
    async with enter(await a_moderator(db)) as client:
        assert (await client.post(f"/queue/{post.id}", data=data)).status_code == 422
    assert await the_post(db, post.id) == post


async def test_after_an_edit_both_versions_are_shown_and_the_reason_is_kept(db: Database, enter: Any) -> None:
    post = await a_post(db, body="川を守る")
    async with enter(await a_moderator(db)) as client:
        fields = hidden_fields((await client.get(f"/queue/{post.id}")).text)
        author = await actor(db, post.author_id)
        await discussing.edit(db, author, post.id, Edit(body="林を守る", version=post.version))
        verdict = {**fields, "act": "hide", "rule": "4", "reason": "打ちかけの理由"}
        answer = await client.post(f"/queue/{post.id}", data=verdict)
        assert answer.status_code == 409
        assert re.search(r"<del>.*?川</del>", answer.text)
        assert re.search(r"<ins>.*?林</ins>", answer.text)
        assert "打ちかけの理由</textarea>" in answer.text
        again = {**verdict, **hidden_fields(answer.text)}
        assert (await client.post(f"/queue/{post.id}", data=again)).status_code == 303


async def test_after_another_decision_that_one_is_shown_and_the_reason_is_kept(
    db: Database, enter: Any
) -> None:
    post = await a_post(db, await a_newcomer(db))
    async with enter(await a_moderator(db)) as client:
        fields = hidden_fields((await client.get(f"/queue/{post.id}")).text)
        await decide(db, await a_moderator(db), post, Act.HIDE, rule=9, reason="同じ文のくり返し")
        answer = await client.post(
            f"/queue/{post.id}", data={**fields, "act": "return", "reason": "打ちかけの理由"}
        )
    assert answer.status_code == 409
    assert "あなたが開いたあとに変わったこと" in answer.text
    assert answer.text.count("同じ文のくり返し") == 1
    assert "打ちかけの理由</textarea>" in answer.text
    assert 'value="restore"' in answer.text


# ---- who reads what

# Whether the words of another's post are found: on its topic's page, its history, the board, the queue, the item, the log.
# person             held     hidden   withdrawn
VISIBILITY = """
guest                ......   ......   ......
resident             ......   ......   ......
facilitator          ......   ......   ......
staff                ......   ......   ......
author               TH....   TH....   .H....
moderator elsewhere  ......   ......   ......
moderator here       TH.QI.   TH..I.   ......
moderator            TH.QI.   TH..I.   ......
administrator        TH.QI.   TH..I.   ......
"""
SECRET = "秘密の川の話"


def _cells() -> list[tuple[str, str, str]]:
    return [
        (line[:21].strip(), state, cells)
        for line in VISIBILITY.strip().splitlines()
        for state, cells in zip(("held", "hidden", "withdrawn"), line[21:].split(), strict=True)
    ]


@pytest.mark.parametrize(("name", "state", "cells"), _cells())
async def test_who_reads_the_words(db: Database, enter: Any, name: str, state: str, cells: str) -> None:
    board = await a_board(db)
    author = await (a_newcomer(db) if state == "held" else an_account(db))
    post = await a_post(db, author, topic=await a_topic(db, board=board), body=SECRET)
    if state == "withdrawn":
        await report(db, post)
        await discussing.withdraw(db, author, post.id)
    elif state == "hidden":
        await decide(db, await a_moderator(db), post, Act.HIDE)
    person = await reader(db, name, board, author)
    addresses = {
        "T": f"/topics/{post.topic_id}",
        "H": f"/posts/{post.id}/revisions",
        "B": f"/boards/{board.slug}",
        "Q": "/queue",
        "I": f"/queue/{post.id}",
        "L": f"/moderation/log?post={post.id}",
    }
    async with enter(person) as client:
        pages = {key: (await client.get(address)).text for key, address in addresses.items()}
    assert "".join(key if SECRET in page else "." for key, page in pages.items()) == cells


async def reader(db: Database, name: str, board: Any, author: Actor) -> Actor | None:
    from forum.boards import actions as boards

    if name == "author":
        return author
    if name.startswith("moderator "):
        account = await an_account(db)
        assert account.id is not None
        where = board if name == "moderator here" else await a_board(db)
        await boards.give_role(db, where.id, account.id, "moderator")
        return await actor(db, account.id)
    return await a_person(db, name, board)


# ---- notices


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("kind", ["decided", "report_settled"])
def test_a_notice_reads_well(settings: Settings, kind: str, act: Act) -> None:
    params = {
        "act": act.value, "number": 3, "rule_number": 4, "rule_title": "営利・宣伝", "rule_title_en": "Advertising",
        "reason": "店の宣伝です。", "role": "moderator", "excerpt": "安く売ります。", "withdrawn": False,
    }  # fmt: skip
    text = Renderer(settings).render(f"notifications/{kind}.txt", params)
    title, _, rest = text.strip().partition("\n")
    assert "#3" in title
    assert "きまり：4「営利・宣伝」\n理由：店の宣伝です。\n判断した人：審査の担当者" in rest


async def test_the_notice_of_a_decision_opens_in_the_inbox(db: Database, enter: Any) -> None:
    post = await a_post(db)
    await decide(db, await a_moderator(db), post, Act.HIDE, rule=4, reason="宣伝です。")
    author = await actor(db, post.author_id)
    assert author.id is not None
    async with enter(author) as client:
        assert "非公開にしました" in (await client.get("/inbox")).text
    (notice,) = await notifications.page_of_account(db, author.id, before=2**62, limit=2)
    assert notice.kind == "decided"


async def test_the_header_counts_what_waits(db: Database, enter: Any) -> None:
    async with enter(await a_moderator(db)) as client:
        for n in (1, 2):
            await a_post(db, await a_newcomer(db))
            page: httpx.Response = await client.get("/guide")
            assert re.search(rf'id="queue-count"[^>]*>{n}<', page.text)


def test_no_address_edits_the_words_of_another() -> None:
    """The only form that carries words of a post is its author's; a verdict has no field for them."""
    from moderation.reviews.rules import Complaint, Verdict

    assert not {"body", "raw", "html"} & {*Verdict.model_fields, *Complaint.model_fields}
    assert Post.__dataclass_params__.frozen


async def test_an_item_says_why_it_is_urgent_what_changed_and_what_was_decided_about_its_author(
    db: Database, enter: Any
) -> None:
    newcomer, moderator = await a_newcomer(db), await a_moderator(db)
    other = await a_post(db, newcomer, body="別の投稿")
    await decide(db, moderator, other, Act.HIDE)
    post = await a_post(db, newcomer, body="公園は朝に混みます。")
    await decide(db, moderator, post, Act.RETURN)
    await discussing.edit(
        db, newcomer, post.id, Edit(body="公園は夕方に混みます。", version=post.version + 1)
    )
    async with enter(moderator) as client:
        page = parsed(await client.get(f"/queue/{post.id}"))
    said = text_of(page)
    for needed in ("目安は24時間以内", "前の版との違い", "追加：夕方", "削除：朝", "ほかの投稿への判断"):
        assert needed in said
    assert f"/queue/{other.id}" in links(page)


async def test_what_was_decided_on_other_boards_is_no_affair_of_a_board_moderator(
    db: Database, enter: Any
) -> None:
    author, local = await an_account(db), await an_account(db)
    other, post = await a_post(db, author), await a_post(db, author)
    await decide(db, await a_moderator(db), other, Act.HIDE)
    await boards.give_role(db, post.board_id, local.id or 0, "moderator")
    async with enter(await actor(db, local.id or 0)) as client:
        page = parsed(await client.get(f"/queue/{post.id}"))
    assert "ほかの投稿への判断" not in text_of(page)
    assert f"/queue/{other.id}" not in links(page)


async def test_a_moderator_of_one_board_learns_what_an_author_did_there_alone(
    db: Database, enter: Any
) -> None:
    here, author, keeper = await a_board(db), await an_account(db), await an_account(db)
    await boards.give_role(db, here.id, keeper.id or 0, "moderator")
    post = await a_post(db, author, topic=await a_topic(db, board=here), body="相談は090-1234-5678まで。")
    await report(db, post)
    elsewhere = await a_post(db, author)
    await decide(db, await a_moderator(db), elsewhere, Act.HIDE)
    counts = [await decisions.standing(db, person, author.id or 0) for person in (
        await actor(db, keeper.id or 0), await a_moderator(db), await an_account(db)
    )]  # fmt: skip
    assert [(found.visible, found.hidden, found.newcomer) for found in counts] == [
        (1, 0, False),
        (1, 1, False),
        (0, 0, False),
    ]
    for person, note in ((keeper, True), (await a_moderator(db), False)):
        async with enter(person) as client:
            page = text_of(parsed(await client.get(f"/queue/{post.id}")))
            assert ("あなたの担当の会議室での投稿" in page) == note
            assert "機械の手がかり：電話番号（順番には関わらない）" in page
            assert "機械の手がかり：電話番号（順番には関わらない）" in text_of(
                parsed(await client.get("/queue"))
            )


async def test_an_item_says_nothing_of_words_that_were_taken_back(db: Database, enter: Any) -> None:
    """Also not what changed in them, and no number that was noticed."""
    post = await a_post(db, body="電話は042-387-9999です。")
    author = await actor(db, post.author_id)
    await discussing.edit(db, author, post.id, Edit(body="電話は042-387-9998です。", version=post.version))
    await report(db, post)
    await discussing.withdraw(db, author, post.id)
    async with enter(await a_moderator(db)) as client:
        page = await client.get(f"/queue/{post.id}")
        assert page.status_code == 200
        assert "042-387" not in page.text
        assert "通報を閉じる" in page.text


async def test_a_line_of_the_queue_leads_to_a_post_without_words(
    db: Database, app: Starlette, login: Login
) -> None:
    author, moderator = await a_newcomer(db), await a_moderator(db)
    picture = (await a_picture(app, login, author)).strip()
    shows = [await a_post(db, author, body=body) for body in (picture, "---")]
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        page = (await client.get("/queue")).text
    found = dict(re.findall(r'<h2><a href="/queue/(\d+)">(.*?)</a></h2>', page))
    assert found == {str(shows[0].id): f"〔{ALT}〕", str(shows[1].id): "---"}
