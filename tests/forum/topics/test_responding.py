"""Reactions and answers: one stance each, courtesy apart, and every reader's page knows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import GUEST
from forum.db import Database
from forum.errors import Forbidden, NotFound
from forum.events import ResponsesChanged
from forum.live import Viewer
from forum.posts.queries import posts
from forum.posts.reacting import Kind, Press, pressed
from forum.posts.rules import Post
from forum.topics.actions import discussing, responding
from forum.topics.live import past_of_topic, responses_changed
from forum.topics.proofs import mismatches
from realtime.hub import Hub
from realtime.protocol import CaughtUp, Delta
from tests import judging
from tests.conftest import Login
from tests.factories import a_moderator, a_newcomer, a_post, a_topic, an_account, the_post
from tests.pages import links, parsed, text_of

AGREE, DISAGREE, INSIGHT, THANKS = Kind


@pytest.mark.parametrize(
    ("own", "press", "after"),
    [
        (set(), Press(kind=AGREE), {AGREE}),
        ({AGREE}, Press(kind=AGREE), set()),
        ({AGREE}, Press(kind=AGREE, on=True), {AGREE}),
        (set(), Press(kind=AGREE, on=False), set()),
        ({AGREE, THANKS}, Press(kind=DISAGREE), {DISAGREE, THANKS}),
        ({DISAGREE}, Press(kind=INSIGHT), {DISAGREE, INSIGHT}),
        ({INSIGHT}, Press(kind=THANKS), {INSIGHT, THANKS}),
        ({INSIGHT, AGREE}, Press(kind=INSIGHT), {AGREE}),
    ],
)
def test_a_stance_takes_the_place_of_the_other_and_courtesy_stands_beside(
    own: set[Kind], press: Press, after: set[Kind]
) -> None:
    assert pressed(frozenset(own), press) == after


async def counts(db: Database, post_id: int) -> tuple[int, int, int, int]:
    found = await posts.view(db, post_id)
    assert found is not None
    return found.agree, found.disagree, found.insight, found.thanks


async def test_everybody_reacts_once_and_each_change_of_a_post_is_numbered(db: Database) -> None:
    post, one, other = await a_post(db), await an_account(db), await an_account(db)
    assert await responding.react(db, one, post.id, Press(kind=AGREE))
    assert not await responding.react(db, one, post.id, Press(kind=AGREE, on=True))
    assert await responding.react(db, other, post.id, Press(kind=AGREE))
    assert await responding.react(db, other, post.id, Press(kind=THANKS))
    assert await counts(db, post.id) == (2, 0, 0, 1)
    assert await responding.react(db, other, post.id, Press(kind=DISAGREE))
    assert await counts(db, post.id) == (1, 1, 0, 1)
    now = await the_post(db, post.id)
    assert now.change == post.change + 4
    assert now.version == post.version, "nobody's edit is disturbed"
    assert [line async for line in mismatches(db)] == []


async def test_nobody_reacts_to_what_is_not_shown(db: Database) -> None:
    reader, newcomer = await an_account(db), await a_newcomer(db)
    held, hidden = await a_post(db, newcomer), await a_post(db)
    await judging.hide(db, await a_moderator(db), hidden.id)
    with pytest.raises(NotFound):
        await responding.react(db, reader, held.id, Press(kind=THANKS))
    with pytest.raises(Forbidden):
        await responding.react(db, reader, hidden.id, Press(kind=THANKS))


class Ear(Hub):
    """Hears every channel."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Delta] = []

    def listening(self, channel: str) -> set[str]:
        return {"ja"}

    def broadcast(self, channel: str, deltas: Mapping[str, Sequence[Delta]]) -> None:
        self.heard += deltas["ja"]


async def told(app: Starlette, topic_id: int, post: Post) -> Delta:
    """What the line under a post becomes on every page."""
    ear = Ear()
    await responses_changed(
        replace(app.state.live, hub=ear), ResponsesChanged(topic_id, post.id, post.change)
    )
    return ear.heard[0]


async def test_a_reaction_changes_one_line_of_all_pages(app: Starlette, db: Database) -> None:
    """Whoever missed it catches up with the post."""
    post = await a_post(db)
    before = (await the_post(db, post.id)).change
    await responding.react(db, await an_account(db), post.id, Press(kind=AGREE))
    delta = await told(app, post.topic_id, await the_post(db, post.id))
    assert (delta.number, delta.id, delta.kind) == (before + 1, f"responses-{post.id}", "put")
    assert "<b>1</b>" in delta.html
    past = await past_of_topic(app.state.live, Viewer(GUEST, "ja"), str(post.topic_id), before)
    assert isinstance(past, CaughtUp)
    assert [(found.id, found.number) for found in past.deltas] == [(f"post-{post.id}", before + 1)]
    assert "<b>1</b>" in past.deltas[0].html


async def test_what_is_hidden_tells_nothing_of_its_reactions(app: Starlette, db: Database) -> None:
    post = await a_post(db)
    await responding.react(db, await an_account(db), post.id, Press(kind=AGREE))
    await judging.hide(db, await a_moderator(db), post.id)
    assert (await told(app, post.topic_id, await the_post(db, post.id))).kind == "skip"


async def test_an_answered_post_says_how_many_answers_everybody_reads(
    client: httpx.AsyncClient, db: Database
) -> None:
    topic, author, newcomer = await a_topic(db), await an_account(db), await a_newcomer(db)
    steps, moderator = [(await the_post(db, topic.id)).change], await a_moderator(db)

    async def answers_of() -> int:
        found = await posts.view(db, topic.id)
        assert found is not None
        steps.append(found.change)
        return found.answers

    held = await a_post(db, newcomer, topic=topic, body="待つ返信", reply_to_id=topic.id)
    assert await answers_of() == 0
    seen = await a_post(db, author, topic=topic, body="見える返信", reply_to_id=topic.id)
    assert await answers_of() == 1
    await judging.approve(db, moderator, held.id)
    assert await answers_of() == 2
    await discussing.withdraw(db, author, seen.id)
    assert await answers_of() == 1
    assert steps == sorted(steps)
    assert len(set(steps)) == 4, "each change but that by the held one has a number of its own"
    page = parsed(await client.get(f"/posts/{topic.id}/replies"))
    assert "待つ返信" in text_of(page)
    assert "見える返信" not in text_of(page)
    assert f"/posts/{topic.id}/replies" in links(parsed(await client.get(f"/topics/{topic.topic_id}")))


async def test_answers_open_in_place(client: httpx.AsyncClient, db: Database) -> None:
    """A script is given the post without the page; of one that is hidden, that it is."""
    topic = await a_topic(db, body="もとの投稿")
    answer = await a_post(db, topic=topic, body="返信です", reply_to_id=topic.id)
    script = {"X-Requested-With": "fetch"}
    assert "もとの投稿" in (await client.get(f"/posts/{topic.id}", headers=script)).text
    answers = (await client.get(f"/posts/{topic.id}/replies", headers=script)).text
    assert "返信です" in answers
    assert "<html" not in answers
    await judging.hide(db, await a_moderator(db), topic.id)
    assert "もとの投稿" not in (await client.get(f"/posts/{topic.id}", headers=script)).text
    assert "もとの投稿" not in (await client.get(f"/posts/{answer.id}/replies")).text


async def test_a_reaction_without_scripts(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    post, reader = await a_post(db), await an_account(db)
    address = f"/posts/{post.id}/reactions"
    assert (await client.post(address, data={"kind": "agree"})).headers["location"].startswith("/login")
    await login(client, reader.id or 0)
    page = await client.post(address, data={"kind": "agree"}, follow_redirects=True)
    assert re.findall(r'value="(\w+)" aria-pressed="true"', page.text) == ["agree"]
    assert "件数は賛否の票数ではありません" in page.text
    assert (await client.post(address, data={"kind": "love"})).status_code == 422
    topic = await client.get(f"/topics/{post.topic_id}")
    assert f'data-reactions="{post.id}:agree"' in topic.text
    await login(client, post.author_id)
    assert (await client.post(address, data={"kind": "thanks"})).status_code == 403
