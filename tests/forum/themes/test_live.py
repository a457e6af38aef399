"""How many people support a theme, on pages that are open."""

from dataclasses import replace

import httpx
from starlette.applications import Starlette

from forum.db import Database
from forum.events import ThemeChanged
from forum.posts.rules import Post
from forum.themes import queries
from forum.themes.actions import forget
from forum.themes.live import theme_changed
from realtime.protocol import Delta
from tests import judging
from tests.ear import Ear
from tests.factories import a_board, a_moderator, a_newcomer, an_account, the_post
from tests.forum.themes.test_themes import WITHDRAW, a_theme, support


async def told(app: Starlette, number: int) -> dict[str, list[Delta]]:
    ear = Ear()
    await theme_changed(replace(app.state.live, hub=ear), ThemeChanged(number))
    return ear.heard


async def the_proposal(db: Database, number: int) -> Post:
    theme = await queries.theme(db, number)
    assert theme is not None
    return await the_post(db, theme.post_id)


async def test_the_page_and_the_list_are_told_how_many_support_a_theme(app: Starlette, db: Database) -> None:
    number = await a_theme(db)
    await support(db, number)
    heard = await told(app, number)
    assert [*heard] == [f"theme:{number}", "themes"]
    for (delta,) in heard.values():
        assert (delta.kind, delta.id, delta.number) == ("put", f"theme-{number}", None)
        assert "支持2人（あと1人）" in (delta.html or "")
    await support(db, number)
    (delta,) = (await told(app, number))["themes"]
    assert f'href="/topics/{number}"' in (delta.html or "")


async def test_of_what_is_not_public_nothing_is_told(
    app: Starlette, client: httpx.AsyncClient, db: Database
) -> None:
    held = await a_theme(db, await a_newcomer(db))
    hidden = await a_theme(db)
    await judging.hide(db, await a_moderator(db), (await the_proposal(db, hidden)).id)
    for number in (held, hidden):
        assert await told(app, number) == {}
        heard = await client.get(f"/live?channel=theme:{number}&after=0")
        assert heard.json()[0]["type"] == "refused"
    assert (await client.get("/live?channel=theme:0&after=0")).json()[0]["type"] == "refused"
    assert (await client.get("/live?channel=themes:7&after=0")).json()[0]["type"] == "refused"


async def test_a_page_knows_by_its_number_whether_it_heard_every_count(
    client: httpx.AsyncClient, db: Database
) -> None:
    number, friend = await a_theme(db, board=await a_board(db)), await an_account(db)
    for path, channel in ((f"/themes/{number}", f"theme:{number}"), ("/themes", "themes")):
        page = (await client.get(path)).text
        after = page.split(f'data-live-channel="{channel}" data-live-number="')[1].split('"')[0]
        heard = [(await client.get(f"/live?channel={channel}&after={after}")).json()[0]["type"]]
        await support(db, number, friend)
        heard.append((await client.get(f"/live?channel={channel}&after={after}")).json()[0]["type"])
        await support(db, number, friend, WITHDRAW)
        heard.append((await client.get(f"/live?channel={channel}&after={after}")).json()[0]["type"])
        # Who heard of the first alone shows one too many.
        assert heard == ["caught_up", "resync", "resync"], channel


async def test_who_leaves_supports_no_theme_any_more(db: Database) -> None:
    number, friend = await a_theme(db), await an_account(db)
    assert await support(db, number, friend) == 2
    async with db.transaction():
        await forget(db, friend.id or 0)
    theme = await queries.theme(db, number)
    assert theme is not None
    assert (theme.supports, theme.changes) == (1, 2)
