"""What the page shows to a person is what the socket may tell: every state of a post, every person, every way.

Posts go through all their states while everybody listens and asks. Words are made up anew at every step, so that a
word on a screen says where it came from.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from forum import clock
from forum.access import GUEST, Actor, Role
from forum.accounts import actions as accounts
from forum.boards import actions as boards
from forum.boards.rules import Board
from forum.db import Database, connected
from forum.posts.rules import Draft, Edit, Post
from forum.topics.actions import discussing
from moderation.reviews.actions import masking
from moderation.reviews.acts import Act
from moderation.reviews.masking import Wish
from realtime.protocol import CatchUp, CaughtUp, Ping, Pong, Refused, Resync, ServerFrame, read_server, write
from tests import judging
from tests.conftest import SECRET
from tests.databases import a_database
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_section,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.realtime.room import eventually
from tests.server import Server, serving
from tests.sockets import ANSWER_SECONDS, Socket, a_session, browsing, heard, listening

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(180)]

# A word of this test: what it is on (a title, a text), and at which step it was written.
WORD = re.compile(r"(?:題|文)〔\w+〕")
# Longer than anything is held back to be told together.
SETTLED_SECONDS = 0.7


def words(text: str) -> set[str]:
    return set(WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Answer:
    """The words that somebody gets, and the channels that are not for them."""

    words: set[str]
    refused: set[str]


@dataclass
class Person:
    """Somebody with an open page: a browser, a socket, and everything the socket said since it was last asked."""

    name: str
    client: httpx.AsyncClient
    session: str
    site: str
    socket: Socket
    said: list[ServerFrame] = field(default_factory=list)

    async def listen(self) -> None:
        while True:
            self.said.append(await self.socket.next(None))

    async def hear(self, channels: Iterable[str]) -> Answer:
        """Live since the last time, in catching up on the open socket, and on a page that connects now."""
        for channel in channels:
            await self.socket.send(CatchUp(channel=channel, after=0))
        async with listening(self.site, self.session) as fresh:
            answers = await fresh.subscribe(dict.fromkeys(channels, 0))
        assert await self.ask(channels) == answers, "the same without a socket"
        await self._all_is_said()
        frames, self.said[:] = [*self.said, *answers.values()], []
        refused = {channel for channel, answer in answers.items() if answer.type == "refused"}
        return Answer(words("".join(map(write, frames))), refused)

    async def _all_is_said(self) -> None:
        """What is held back is due by then, and leaves before the answer to what is asked afterwards."""
        await asyncio.sleep(SETTLED_SECONDS)
        await self.socket.send(Ping())
        await eventually(lambda: Pong() in self.said, ANSWER_SECONDS)

    async def ask(self, channels: Iterable[str]) -> dict[str, ServerFrame]:
        """Over plain HTTP."""
        question = [pair for channel in channels for pair in (("channel", channel), ("after", "0"))]
        page = await self.client.get(f"/live?{urlencode(question)}")
        assert page.status_code == 200
        answers = [read_server(json.dumps(frame)) for frame in page.json()]
        return {
            answer.channel: answer for answer in answers if isinstance(answer, CaughtUp | Resync | Refused)
        }

    async def see(self, places: dict[str, str]) -> Answer:
        pages = {channel: await self.client.get(page) for channel, page in places.items()}
        missing = {channel for channel, page in pages.items() if page.status_code != 200}
        return Answer(words("".join(page.text for page in pages.values())), missing)


@pytest_asyncio.fixture(scope="module")
async def server(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Server, Database]]:
    async with a_database(server_url, template) as url, connected(url) as db:
        folder = tmp_path_factory.mktemp("secrecy")
        async with serving(folder, DATABASE_URL=url, SECRET_KEY=SECRET, WORKER="false") as server:
            yield server, db
            assert "Traceback" not in server.log.read_text()


async def everybody(db: Database, here: Board) -> dict[str, Actor]:
    """Everyone whose rights differ, but for the authors."""
    elsewhere = await a_facilitator(db, await a_board(db))
    await boards.give_role(db, (await a_board(db)).id, elsewhere.id or 0, "moderator")
    moderator_here = await an_account(db)
    await boards.give_role(db, here.id, moderator_here.id or 0, "moderator")
    suspended = await an_account(db, Role.ADMINISTRATOR)
    await accounts.restrict(db, suspended.id or 0, suspended_at=clock.now())
    return {
        "guest": GUEST,
        "resident": await an_account(db),
        "newcomer": await a_newcomer(db),
        "elsewhere": await actor(db, elsewhere.id or 0),
        "facilitator": await a_facilitator(db, here),
        "moderator here": await actor(db, moderator_here.id or 0),
        "moderator": await a_moderator(db),
        "staff": await a_staff_member(db),
        "section": await a_staff_member(db, here.section_id or await a_section(db)),
        "administrator": await an_account(db, Role.ADMINISTRATOR),
        "suspended administrator": suspended,
    }


@asynccontextmanager
async def at_their_screens(
    site: str, db: Database, people: dict[str, Actor], channels: list[str]
) -> AsyncIterator[list[Person]]:
    """All of them listening to all of it, as far as they may."""
    await heard(db, site)
    async with AsyncExitStack() as screens:
        present, tasks = [], []
        for name, someone in people.items():
            session = await a_session(db, someone)
            client = await screens.enter_async_context(browsing(site, session))
            socket = await screens.enter_async_context(listening(site, session))
            await socket.subscribe(dict.fromkeys(channels, 0))
            present.append(Person(name, client, session, site, socket))
            tasks.append(asyncio.create_task(present[-1].listen()))
            screens.callback(tasks[-1].cancel)
        yield present
        assert not any(task.done() for task in tasks), "nobody lost a connection"


async def _judge(db: Database, act: str, post: Post) -> None:
    await getattr(judging, act)(db, await an_account(db, Role.ADMINISTRATOR), post.id)


async def _mask(db: Database, act: str, post_id: int) -> None:
    """Covers the word of the step before with ■, all but its frame; or lifts every mask."""
    post, moderator = await the_post(db, post_id), await an_account(db, Role.ADMINISTRATOR)
    wish = Wish(act=Act(act), passages=post.raw[1:], rule=1, reason="伏せます。", version=post.version)
    await masking.decide(db, moderator, post_id, wish)
    if act == "mask":
        MASKED.add(post.raw)
    else:
        MASKED.discard(post.raw)


async def step(db: Database, act: str, author: Actor, post: Post, words: str) -> None:
    """One thing that happens to a post."""
    if act == "edit":
        await discussing.edit(
            db, author, post.id, Edit(body=words, version=(await the_post(db, post.id)).version)
        )
    elif act == "withdraw":
        await discussing.withdraw(db, author, post.id)
    elif act in ("mask", "unmask"):
        await _mask(db, act, post.id)
    else:
        await _judge(db, act, post)


# Everything that can happen to a post, in an order in which it can.
LIFE = (
    *("edit", "return_to_author", "edit", "approve", "edit", "mask", "hide", "restore", "unmask", "edit"),
    "withdraw",
)
# What is masked now, and must be nowhere.
MASKED: set[str] = set()
BRIEF_LIVES = {"hidden while held": ("hide", "restore"), "withdrawn while held": ("edit", "withdraw")}


async def test_a_socket_tells_what_the_page_shows(server: tuple[Server, Database]) -> None:
    site, db = server[0].url, server[1]
    here, staff_room = await a_board(db), await a_board(db, "staff")
    people = await everybody(db, here)
    writers = {name: await a_newcomer(db) for name in ("opening", "reply", *BRIEF_LIVES)}
    public = await a_topic(db, board=here)

    posts = {
        name: await a_topic(
            db, writer, board=here, title=f"題〔{name.split()[0]}〕", body=f"文〔{name.split()[0]}0〕"
        )
        for name, writer in writers.items()
        if name != "reply"
    }
    answer = await discussing.reply(db, writers["reply"], public.topic_id, Draft(body="文〔reply0〕"))
    posts["reply"] = await the_post(db, answer)
    insider = await a_staff_member(db)
    posts["internal"] = await a_topic(
        db, insider, board=staff_room, title="題〔internal〕", body="文〔internal0〕"
    )

    lives = {
        "opening": LIFE,
        "reply": LIFE,
        "internal": ("edit", "hide", "restore", "withdraw"),
        **BRIEF_LIVES,
    }
    authors = {**writers, "internal": insider}
    topics = {f"topic:{number}": f"/topics/{number}" for number in {post.topic_id for post in posts.values()}}
    places = topics | {f"board:{board.slug}": f"/boards/{board.slug}" for board in (here, staff_room)}
    async with at_their_screens(site, db, people | authors, [*places]) as screens:
        for number in range(len(LIFE) + 1):
            await heard(db, site)
            said = await asyncio.gather(*(person.hear(places) for person in screens))
            seen = await asyncio.gather(*(person.see(places) for person in screens))
            for person, told, shown in zip(screens, said, seen, strict=True):
                assert not MASKED & (told.words | shown.words), f"{person.name}, after step {number}"
                assert told.words <= shown.words, f"{person.name}, after step {number}"
                assert told.refused == shown.refused, f"{person.name}, after step {number}"
                if person.name == "guest":
                    everybodys = {word for word in shown.words if word.startswith("文")}
                    assert everybodys <= told.words, f"what everybody may read is told, after step {number}"
            for name, life in lives.items():
                if number < len(life):
                    await step(
                        db, life[number], authors[name], posts[name], f"文〔{name.split()[0]}{number + 1}〕"
                    )
