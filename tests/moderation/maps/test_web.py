"""The pages of a map: before, while and after people answer."""

from dataclasses import asdict
from datetime import timedelta

import httpx
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.people.queries.takeouts import everything
from forum.slices import PORTIONS
from moderation.digests.actions import publish_digest
from moderation.digests.rules import Digest
from moderation.maps import actions as maps
from moderation.maps import queries
from moderation.maps.charting import charted, manifest_of, sheets
from moderation.maps.parameters import PRIVATE, Parameters
from moderation.maps.rules import Map
from moderation.maps.verifying import mismatches, sha256_of
from tests.conftest import Login, visitor
from tests.factories import a_post, a_staff_member, an_account
from tests.moderation.digests.desk import ZONE, a_discussion, a_draft, confirm_all, hide
from tests.moderation.digests.test_publishing import a_published_digest
from tests.moderation.maps.residents import SENTENCES, asking, draw, say, two_camps
from tests.pages import actions, links, parsed, problems, text_of, values


async def test_a_clerk_opens_the_points_of_a_digest(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk, digest = await a_published_digest(db)
    await login(client, clerk.id or 0)
    assert f"/digests/{digest.id}/map/open" in links(parsed(await client.get(f"/digests/{digest.id}")))
    form = values(parsed(await client.get(f"/digests/{digest.id}/map/open")))
    assert form["points"].startswith("1 ")
    refused = await client.post(f"/digests/{digest.id}/map/open", data=form | {"points": "9 なに"})
    assert refused.status_code == 422
    assert "9 なに" in problems(parsed(refused))["points"]
    opened = await client.post(f"/digests/{digest.id}/map/open", data=form | {"points": "\n".join(SENTENCES)})
    assert opened.headers["location"] == f"/digests/{digest.id}/map"
    page = parsed(await client.get(f"/digests/{digest.id}/map"))
    assert "市の職員と審査担当者は答えられません" in text_of(page)
    wordless = await client.post(f"/digests/{digest.id}/map", data={"last_day": values(page)["last_day"]})
    assert problems(parsed(wordless)).keys() == {"reason"}
    later = {"last_day": (clock.now() + timedelta(days=30)).date(), "reason": "祭りと重なったためです。"}
    await client.post(f"/digests/{digest.id}/map", data=later)
    assert "祭りと重なったため" in text_of(parsed(await client.get(f"/digests/{digest.id}/map")))


async def test_no_name_is_proposed_that_says_what_was_hidden(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk, said = await a_staff_member(db), await a_discussion(db)
    digest = await a_draft(db, said, clerk)
    await confirm_all(db, clerk, digest.id)
    await publish_digest(db, clerk, digest.id)
    await login(client, clerk.id or 0)
    here = f"/digests/{digest.id}/map/open"
    before = values(parsed(await client.get(here)))["points"].splitlines()
    await hide(db, said[-1])
    after = values(parsed(await client.get(here)))["points"].splitlines()
    assert 0 < len(after) < len(before)
    assert {*after} < {*before}


async def test_others_do_not(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    _clerk, digest = await a_published_digest(db)
    assert (await client.get(f"/digests/{digest.id}/map/open")).status_code == 303
    assert (await client.get(f"/digests/{digest.id}/map")).status_code == 404
    await login(client, (await an_account(db)).id or 0)
    assert (await client.get(f"/digests/{digest.id}/map/open")).status_code == 403


async def test_a_resident_answers_one_point_after_the_other(
    client: httpx.AsyncClient, db: Database, login: Login, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    resident, here = await an_account(db), f"/digests/{digest.id}/map"
    await login(client, resident.id or 0)
    following = next(link for link in links(parsed(await client.get(here))) if "/points/" in link)
    met = []
    while "/points/" in following:
        page = parsed(await client.get(following))
        assert actions(page) >= {following}
        assert {button.get("value") for button in page.iter("button")} >= {"agree", "disagree", "pass"}
        met.append(following)
        following = (await client.post(following, data={"stance": "agree"})).headers["location"]
    assert len(set(met)) == len(met) == len(SENTENCES)
    assert following == here
    assert "すべての論点に答えました" in (await client.get(here)).text
    assert set((await queries.stances_of(db, found.id, resident.id or 0)).values()) == {1}
    again = await client.post(met[0], data={"stance": "disagree"})
    assert again.headers["location"] == here
    assert "反対" in text_of(parsed(await client.get(met[0])))
    assert (await client.post(met[0], data={"stance": "loudly"})).status_code == 422


async def test_before_the_end_nobody_sees_a_count(
    app: Starlette, db: Database, login: Login, question: tuple[Actor, Digest, Map]
) -> None:
    """The page of somebody who has not answered is the same, however many others have."""
    clerk, digest, _found = question
    readers = [None, clerk, await an_account(db)]

    async def pages() -> list[str]:
        texts: list[str] = []
        for reader in readers:
            async with visitor(app) as client:
                if reader:
                    await login(client, reader.id or 0)
                paths = [f"/digests/{digest.id}/{path}" for path in ("map", "map/points/1")]
                texts += [(await client.get(path)).text for path in paths]
        return texts

    before = await pages()
    await two_camps(db, digest.id)
    assert await pages() == before


async def test_a_guest_is_asked_to_log_in_and_comes_back(
    client: httpx.AsyncClient, db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, _found = question
    here = f"/digests/{digest.id}/map"
    assert f"/login?next={here}" in links(parsed(await client.get(here)))
    assert (await client.get(f"{here}/points/2")).headers["location"] == f"/login?next={here}/points/2"
    assert (await client.post(f"{here}/points/2", data={"stance": "agree"})).status_code == 303


async def test_the_map_is_a_picture_and_a_table_that_say_the_same(
    client: httpx.AsyncClient, db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    await two_camps(db, digest.id)
    here = f"/digests/{digest.id}/map"
    with clock.at(found.closes_at):
        assert "締め切りました" in (await client.get(here)).text
        assert (await client.get(f"{here}/points/1")).headers["location"] == here
    await draw(db, digest.id)
    page = parsed(await client.get(here))
    picture = next(svg for svg in page.iter("svg") if svg.get("role") == "img")
    assert "グループAは6人。グループBは5人。" in text_of(picture)
    table = text_of(next(page.iter("table")))
    assert "6人" in table
    assert "5人" in table
    assert "図書館は朝早く開けてほしい" in table
    assert "賛成6・わからない0・反対0" in table
    headings = [text_of(heading) for heading in page.iter("h2")]
    assert headings.index("どのグループも、同じ側が多い論点") < headings.index("答え方が似ている人のグループ")
    assert "件数は賛否の票数ではありません" in text_of(page)


async def test_where_few_answered_the_page_has_no_figures(
    client: httpx.AsyncClient, db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, _found = question
    await say(db, await an_account(db), digest.id, "+-+")
    await draw(db, digest.id)
    page = text_of(parsed(await client.get(f"/digests/{digest.id}/map")))
    assert "地図は作れませんでした" in page
    assert "賛成1" not in page
    data = (await client.get(f"/digests/{digest.id}/map.json")).json()
    assert data["outcome"]["points"] == []


async def test_a_point_that_few_answered_is_named_without_figures(
    client: httpx.AsyncClient, db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, _found = question
    for sheet in ("+-++.", "+-++.", "+-++.", "+-+..", "+-+.."):
        await say(db, await an_account(db), digest.id, sheet)
    await draw(db, digest.id)
    page = text_of(parsed(await client.get(f"/digests/{digest.id}/map")))
    assert "賛成5・わからない0・反対0" in page
    assert "賛成3" not in page
    data = (await client.get(f"/digests/{digest.id}/map.json")).json()
    assert [one["point"] for one in data["outcome"]["agreed"]] == [1, 3]


async def taken_along(db: Database, account: Actor) -> str:
    """What goes along with somebody of their answers to maps."""
    (rows,) = [
        rows
        for portion, rows in await everything(db, PORTIONS, account.id or 0)
        if portion.name == "map_answers"
    ]
    assert [row["answer"] for row in rows] != []
    return str(rows)


async def test_a_point_does_not_go_on_saying_what_was_hidden(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    post = await a_post(db, topic=posts[0], body="山田商店の裏金を調べるべきです。")
    digest = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, digest.id)
    await publish_digest(db, clerk, digest.id)
    lines = ("1 山田商店の裏金を調べるべき", *SENTENCES)
    await maps.ask(db, clerk, digest.id, asking(*lines), ZONE)
    people = await two_camps(db, digest.id)
    await login(client, people[0].id or 0)
    here = f"/digests/{digest.id}/map"
    open_pages = (here, f"{here}/points/1")
    assert ["裏金" in (await client.get(page)).text for page in open_pages] == [True, True]
    assert "裏金" in await taken_along(db, people[0])
    await hide(db, post)
    assert ["裏金" in (await client.get(page)).text for page in open_pages] == [False, False]
    assert "裏金" not in await taken_along(db, people[0])
    await draw(db, digest.id)
    assert "裏金" not in (await client.get(here)).text
    data = (await client.get(f"{here}.json")).json()
    assert [point["covered"] for point in data["points"]] == [True, *[False] * len(SENTENCES)]
    assert data["points"][0]["statement"] == "■" * len("山田商店の裏金を調べるべき")
    assert [line async for line in mismatches(db)] == []


async def test_a_sign_that_somebody_typed_covers_nothing(client: httpx.AsyncClient, db: Database) -> None:
    """A town may ask about words that were covered when it asked; the hash is computed from them."""
    clerk, digest = await a_published_digest(db)
    await maps.ask(db, clerk, digest.id, asking("1 ■■の図書館", *SENTENCES), ZONE)
    await draw(db, digest.id)
    data = (await client.get(f"/digests/{digest.id}/map.json")).json()
    assert data["points"][0] == {"number": 1, "group": 1, "statement": "■■の図書館", "covered": False}


async def drawn_before_there_was_a_least_for_uniting(db: Database, found: Map) -> None:
    """As draw() did: its manifest does not name the parameter."""
    rules = {name: value for name, value in asdict(PRIVATE).items() if name != "fewest_united"}
    points, given = await queries.points(db, found.id), await queries.given(db, found.id)
    answers = sheets(given, len(points))
    outcome = charted(answers, Parameters(**rules))
    manifest = manifest_of(answers, outcome) | {"parameters": rules}
    now = found.closes_at
    await queries.set_drawn(
        db, found.id, answers=answers, manifest=manifest, outcome=outcome, sha256="", now=now
    )
    drawn = await queries.drawn(db, found.id)
    assert drawn is not None
    sha256 = await sha256_of(db, drawn)
    await queries.set_drawn(
        db, found.id, answers=answers, manifest=manifest, outcome=outcome, sha256=sha256, now=now
    )
    await queries.forget_stances(db, found.id)


async def test_a_map_from_before_a_rule_is_shown_and_not_accused(
    client: httpx.AsyncClient, db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    """Three people united a point, of which no figures are told."""
    _clerk, digest, found = question
    for sheet in ("+-++.", "+-++.", "+-++.", "+-+..", "+-+.."):
        await say(db, await an_account(db), digest.id, sheet)
    await drawn_before_there_was_a_least_for_uniting(db, found)
    assert [line async for line in mismatches(db)] == []
    page = await client.get(f"/digests/{digest.id}/map")
    united = page.text.partition('id="uniting"')[2].partition("</section>")[0]
    assert (page.status_code, united.count("少ないので出しません")) == (200, 1)


async def test_the_data_hold_no_sheet_of_anybody(
    client: httpx.AsyncClient, db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, _found = question
    assert (await client.get(f"/digests/{digest.id}/map.json")).status_code == 303
    await two_camps(db, digest.id)
    await draw(db, digest.id)
    data = (await client.get(f"/digests/{digest.id}/map.json")).json()
    assert {*data} == {
        "format", "url", "digest", "opens", "closes", "points", "outcome", "manifest", "sha256",
    }  # fmt: skip
    assert data["points"][1] == {
        "number": 2, "group": 1, "statement": "図書館は朝早く開けてほしい", "covered": False,
    }  # fmt: skip
