"""審査の公開記録 over HTTP: pages, permalinks, feed and files; the words that were judged are in none of them."""

import csv
import hashlib
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest

from forum import clock
from forum.access import Role
from forum.db import Database
from forum.posts.rules import Post
from moderation.reviews import actions
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions, log
from tests.conftest import Login
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_staff_member, a_topic, an_account
from tests.moderation.reviews.test_actions import decide
from tests.pages import links, parsed, text_of, values

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_everyone_reads_the_log_but_not_the_words(db: Database, client: httpx.AsyncClient) -> None:
    moderator = await a_moderator(db)
    post = await a_topic(db, title="見せられない題名", body="見せられない言葉")
    await decide(db, moderator, post, Act.HIDE, rule=4, reason="宣伝です。")
    (decision,) = await decisions.of_post(db, post.id)
    number = decision.number
    for address in ("", f"?post={post.id}", ".atom", ".csv", ".json", f"/{number}"):
        page = (await client.get(f"/moderation/log{address}")).text
        for shown in ("宣伝です。", decision.moderator):
            assert shown in page, address
        assert (decision.sha256 if address == ".atom" else post.sha256) in page
        for kept in ("見せられない", moderator.pen_name, moderator.pseudonym):
            assert kept not in page, address


async def a_log(db: Database) -> dict[str, str]:
    """Four decisions that differ in everything; the filters by which each is found alone."""
    here, there = await a_board(db), await a_board(db)
    one, other = await a_moderator(db), await an_account(db, Role.ADMINISTRATOR)
    hidden, shown = await a_topic(db, board=here), await a_post(db, await a_newcomer(db))
    reasons = {}
    for day, by, post, act, words in (
        (1, one, hidden, Act.HIDE, {"rule": 4, "reason": "理由い"}),
        (2, other, hidden, Act.RESTORE, {"reason": "理由ろ"}),
        (3, one, await a_topic(db, board=there), Act.HIDE, {"rule": 3, "reason": "理由は"}),
        (4, one, shown, Act.RETURN, {"reason": "理由に"}),
    ):
        # Midnight of the town: 15:00 UTC of the day before.
        with clock.at(datetime(2026, 4, day, 14, 59, 59, tzinfo=UTC)):
            await decide(db, by, post, act, **words)
        reasons[words["reason"]] = f"{post.id}"
    label = (await decisions.of_post(db, shown.id))[0].moderator
    return {
        f"board={here.slug}": "いろ",
        f"board={there.slug}": "は",
        "act=hide": "いは",
        f"act=hide&board={here.slug}": "い",
        "rule=4": "い",
        "role=administrator": "ろ",
        "role=moderator": "いはに",
        f"moderator={label}": "いはに",
        f"moderator={label}&rule=3": "は",
        "moderator=NOBODY": "",
        "since=2026-04-03": "はに",
        "until=2026-04-02": "いろ",
        "since=2026-04-02&until=2026-04-02": "ろ",
        "since=2026-04-02&act=hide": "は",
        f"post={hidden.id}": "いろ",
        "board=&act=&rule=&role=&moderator=&since=&until=": "いろはに",
    }


async def test_the_log_is_filtered_by_whatever_it_says(db: Database, client: httpx.AsyncClient) -> None:
    for query, expected in (await a_log(db)).items():
        for suffix in ("", ".atom", ".csv", ".json"):
            text = (await client.get(f"/moderation/log{suffix}?{query}")).text
            assert {letter for letter in "いろはに" if f"理由{letter}" in text} == {*expected}, (
                suffix,
                query,
            )


async def test_a_filter_stays_as_it_was_set_and_on_the_way_to_files(
    db: Database, client: httpx.AsyncClient
) -> None:
    await a_log(db)
    page = parsed(await client.get("/moderation/log?act=hide&since=2026-04-01&rule=4"))
    form = {name: value for name, value in values(page).items() if value and name != "next"}
    assert form.items() >= {"act": "hide", "since": "2026-04-01", "rule": "4"}.items()
    query = urlencode({"act": "hide", "rule": 4, "since": "2026-04-01"})
    assert {f"/moderation/log.{kind}?{query}" for kind in ("atom", "csv", "json")} <= links(page)


async def test_the_log_is_paged_in_a_bounded_number_of_statements(
    db: Database, client: httpx.AsyncClient, queries: Any
) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    for _ in range(16):
        await decide(db, moderator, post, Act.HIDE)
        await decide(db, moderator, post, Act.RESTORE)
    for query, statements in ((f"?post={post.id}", 3), ("", 5)):
        async with queries(statements):
            page = (await client.get(f"/moderation/log{query}")).text
        assert page.count('id="decision-') == 30
        older = re.search(r'rel="next" href="([^"]+)"', page)
        assert older is not None
        assert (await client.get(older[1].replace("&amp;", "&"))).text.count('id="decision-') == 2


@pytest.mark.parametrize("suffix", ["", ".atom", ".csv", ".json"])
@pytest.mark.parametrize(
    "query",
    [
        *("board=nowhere", "act=edit", "post=x", "post=" + "9" * 30, "rule=x", "rule=-1", "role=resident"),
        *(
            "since=x",
            "since=0001-01-01",
            "until=9999-12-31",
            "until=2026-02-30",
            "moderator=%00",
            "board=%ED%A0%80",
        ),
    ],
)
async def test_what_cannot_be_chosen_is_said(client: httpx.AsyncClient, suffix: str, query: str) -> None:
    assert (await client.get(f"/moderation/log{suffix}?{query}")).status_code == 422


@pytest.mark.parametrize("place", ["?before=-1", "?before=x", "/0", "/999", "/x", "/99999999999999999999"])
async def test_there_is_no_such_place_in_the_log(client: httpx.AsyncClient, place: str) -> None:
    assert (await client.get(f"/moderation/log{place}")).status_code == 404


async def test_the_staff_room_is_logged_for_staff_only(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    await decide(db, await an_account(db, Role.ADMINISTRATOR), post, Act.HIDE, reason="職員室の理由")
    (decision,) = await decisions.of_post(db, post.id)
    for person, seen in ((None, False), (await a_moderator(db), False), (await a_staff_member(db), True)):
        if person is not None:
            await login(client, person.id or 0)
        for place in (f"?post={post.id}", "", ".atom", ".csv", ".json", f"/{decision.number}"):
            page = await client.get(f"/moderation/log{place}")
            assert ("職員室の理由" in page.text) is seen, place
            assert page.status_code == (200 if seen or "/" not in place else 404)
        # The hashes alone are there for everyone: the chain has no hole.
        for whole in (".csv", ".json"):
            assert decision.sha256 in (await client.get(f"/moderation/log{whole}")).text
        assert decision.sha256 not in (await client.get("/moderation/log.json?act=restore")).text


async def test_a_line_has_an_address_of_its_own_and_says_how_it_is_hashed(
    db: Database, client: httpx.AsyncClient
) -> None:
    await a_log(db)
    log = await decisions.of_post(db, (await a_hidden(db)).id)
    page = await client.get(f"/moderation/log/{log[0].number}")
    assert page.status_code == 200
    documents = [
        text_of(element) for element in parsed(page).iter("p") if "mono diff" in element.get("class", "")
    ]
    hashes = [hashlib.sha256(document.encode()).hexdigest() for document in documents]
    assert hashes == [log[0].entry, log[0].sha256]
    assert f"/moderation/log/{log[0].number - 1}" in links(parsed(page))


async def test_a_line_leads_to_that_before_it_where_both_are_read(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    secret = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    await decide(db, await an_account(db, Role.ADMINISTRATOR), secret, Act.HIDE)
    (line,) = await decisions.of_post(db, (await a_hidden(db)).id)
    before = f"/moderation/log/{line.number - 1}"
    for person, leads in ((None, False), (await a_staff_member(db), True)):
        if person is not None:
            await login(client, person.id or 0)
        page = await client.get(f"/moderation/log/{line.number}")
        assert line.previous in page.text
        assert (before in links(parsed(page))) == leads
        assert (await client.get(before)).status_code == (200 if leads else 404)


async def a_hidden(db: Database, reason: str = "宣伝です。") -> Post:
    post = await a_post(db)
    await decide(db, await a_moderator(db), post, Act.HIDE, reason=reason)
    return post


async def test_the_feed_is_atom(db: Database, client: httpx.AsyncClient) -> None:
    post = await a_hidden(db, reason="<b>& ]]> 'x'")
    answer = await client.get("/moderation/log.atom?act=hide")
    assert (await client.get("/feeds/log.atom?act=hide")).content == answer.content
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.text)  # noqa: S314 - our own
    (entry,) = feed.iter(f"{ATOM}entry")
    (decision,) = await decisions.of_post(db, post.id)
    for element, names in (
        (feed, ("id", "title", "updated")),
        (entry, ("id", "title", "updated", "content")),
    ):
        assert all((element.findtext(f"{ATOM}{name}") or "").strip() for name in names)
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "") == decision.decided_at
    assert "<b>& ]]> 'x'" in (entry.findtext(f"{ATOM}content") or "")
    assert decision.moderator is not None
    assert decision.moderator in (entry.findtext(f"{ATOM}author/{ATOM}name") or "")
    assert (entry.findtext(f"{ATOM}id") or "").endswith(f"/moderation/log/{decision.number}")
    targets = {link.get("rel"): link.get("href", "") for link in feed.findall(f"{ATOM}link")}
    assert targets["self"].endswith("/moderation/log.atom?act=hide")
    assert targets["alternate"].endswith("/moderation/log?act=hide")


async def test_an_empty_log_is_a_page_a_feed_and_files(client: httpx.AsyncClient) -> None:
    assert "まだ記録がありません" in (await client.get("/moderation/log")).text
    assert not [*ElementTree.fromstring((await client.get("/moderation/log.atom")).text).iter(f"{ATOM}entry")]  # noqa: S314
    assert (await client.get("/moderation/log.json")).json() == []
    assert (await client.get("/moderation/log.csv")).text.count("\n") == 1


async def test_no_cell_is_a_formula(db: Database, client: httpx.AsyncClient) -> None:
    for reason in ("=cmd|' /C calc'!A0", "＝1", "'a", "-1\n=2"):
        await a_hidden(db, reason=reason)
    text = (await client.get("/moderation/log.csv")).text
    rows = [*csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]
    assert [row["reason"] for row in rows] == ["'=cmd|' /C calc'!A0", "'＝1", "''a", "'-1\n=2"]


async def test_files_are_written_as_they_are_read(
    db: Database, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "BATCH", 2)
    for _ in range(5):
        await a_hidden(db)
    assert [line["number"] for line in (await client.get("/moderation/log.json")).json()] == [1, 2, 3, 4, 5]


async def test_the_heads_of_the_log_are_open_data(db: Database, client: httpx.AsyncClient) -> None:
    post = await a_hidden(db)
    await actions.publish_head(db, date(2026, 4, 2))
    (decision,) = await decisions.of_post(db, post.id)
    (head,) = (await client.get("/open-data/log-heads.json")).json()["heads"]
    assert (head["day"], head["number"], head["sha256"]) == ("2026-04-02", decision.number, decision.sha256)
    assert decision.sha256 in (await client.get("/moderation/log")).text
