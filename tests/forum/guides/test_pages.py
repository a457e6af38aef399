"""Where somebody writes, the page says how."""

import httpx

from forum.db import Database
from tests.conftest import Login
from tests.factories import a_board, a_post, an_account
from tests.pages import links, parsed, text_of


async def test_every_form_for_a_post_has_the_guide_beside_it(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, board = await an_account(db), await a_board(db)
    post = await a_post(db, author)
    await login(client, author.id or 0)
    for form in (f"/topics/{post.topic_id}", f"/boards/{board.slug}/topics/new", f"/posts/{post.id}/edit"):
        page = parsed(await client.get(form))
        [guide] = [each for each in page.iter("details") if text_of(each).startswith("書き方")]
        assert "/guide/writing" in links(guide)
        assert "@「ペンネーム」" in text_of(guide)
