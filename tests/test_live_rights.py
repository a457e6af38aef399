"""Who may no longer hear something loses the connection within a second, on every server, and is judged anew.

Real servers on a real broker; the page is the oracle: a channel answers `refused` to whom its page is not there.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from forum.access import Actor, Role
from forum.accounts import actions as accounts
from forum.accounts.rules import Registration
from forum.boards import actions as boards
from forum.db import Database, connected
from forum.posts.rules import Post
from forum.topics.actions import steering
from realtime.protocol import Close
from tests.conftest import SECRET, a_database
from tests.factories import (
    PASSWORD,
    a_board,
    a_moderator,
    a_newcomer,
    a_staff_member,
    a_topic,
    actor,
    an_account,
)
from tests.moderation.digests.desk import a_discussion, a_draft
from tests.server import serving
from tests.sockets import Socket, a_session, browsing, listening

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

WITHIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Town:
    """Two servers, and what only some of its people may read."""

    db: Database
    sites: tuple[str, str]
    held: Post
    internal: Post
    draft: int

    def places(self, person: Actor) -> dict[str, str]:
        """The page on which each channel is heard."""
        return {
            f"topic:{self.held.topic_id}": f"/topics/{self.held.topic_id}",
            f"topic:{self.internal.topic_id}": f"/topics/{self.internal.topic_id}",
            f"digest:{self.draft}": f"/digests/{self.draft}/edit",
            f"inbox:{person.id}": "/inbox",
            "queue": "/queue",
        }

    async def rights(self, person: Actor, session: str) -> tuple[dict[str, bool], dict[str, bool]]:
        """What the person may hear, and may see."""
        places = self.places(person)
        async with listening(self.sites[0], session) as socket, browsing(self.sites[0], session) as client:
            answers = await socket.subscribe(dict.fromkeys(places))
            heard = {channel: answer.type != "refused" for channel, answer in answers.items()}
            seen = {channel: (await client.get(page)).status_code == 200 for channel, page in places.items()}
        return heard, seen


@pytest_asyncio.fixture(scope="module")
async def town(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    async with a_database(server_url, template) as url, AsyncExitStack() as servers:
        sites = [
            await servers.enter_async_context(
                serving(tmp_path_factory.mktemp(name), DATABASE_URL=url, SECRET_KEY=SECRET, WORKER="false")
            )
            for name in ("one", "two")
        ]
        async with connected(url) as db:
            yield Town(
                db,
                (sites[0].url, sites[1].url),
                held=await a_topic(db, await a_newcomer(db)),
                internal=await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff")),
                draft=(await a_draft(db, await a_discussion(db))).id,
            )
        for site in sites:
            assert "Traceback" not in site.log.read_text()


Act = Callable[[Town, httpx.AsyncClient, Actor], Awaitable[object]]


async def suspended(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    await accounts.suspend(town.db, person.id or 0)


async def demoted(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    await accounts.change_role(town.db, person.id or 0, Role.RESIDENT)


async def promoted(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    await accounts.change_role(town.db, person.id or 0, Role.ADMINISTRATOR)


async def given_a_board(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    await boards.give_role(town.db, town.held.board_id, person.id or 0, "moderator")


async def logged_out(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    await client.post("/logout")


async def logged_out_everywhere(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    await client.post("/logout", data={"everywhere": "1"})


async def another_password(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    words = "貫井神社の湧水は夏も冷たい"
    answer = await client.post("/account/password", data={"current": PASSWORD, "password": words})
    assert answer.status_code == 303


LOSSES: dict[Act, Role] = {
    suspended: Role.ADMINISTRATOR,
    demoted: Role.ADMINISTRATOR,
    promoted: Role.RESIDENT,
    given_a_board: Role.RESIDENT,
    logged_out: Role.MODERATOR,
    logged_out_everywhere: Role.STAFF,
    another_password: Role.ADMINISTRATOR,
}


@pytest.mark.parametrize("act", LOSSES, ids=lambda act: act.__name__)
async def test_other_rights_end_the_sockets_within_a_second(
    town: Town, act: Act, record_property: Callable[[str, object], None]
) -> None:
    person = await an_account(town.db, LOSSES[act])
    session = await a_session(town.db, person)
    before, seen = await town.rights(person, session)
    assert before == seen
    async with (
        listening(town.sites[0], session) as here,
        listening(town.sites[1], session) as there,
        listening(town.sites[1]) as guest,
        browsing(town.sites[0], session) as client,
    ):
        for socket in (here, there):
            await socket.subscribe(dict.fromkeys(channel for channel, may in before.items() if may))
        await act(town, client, person)
        seconds = max(await asyncio.gather(_ended(here), _ended(there)))
        record_property("seconds", round(seconds, 3))
        assert seconds < WITHIN_SECONDS
        assert guest.connection.close_code is None, "nobody else's"
        after, seen = await town.rights(person, session)
        assert after == seen
        assert after != before


async def _ended(socket: Socket) -> float:
    """Seconds until a connection ended for other rights."""
    started = asyncio.get_running_loop().time()
    assert await socket.closed() == Close.JUDGE_ANEW
    return asyncio.get_running_loop().time() - started


async def test_a_session_that_stays_comes_back_as_before(town: Town) -> None:
    """All sockets of an account end when one of its sessions does; those of the others are welcome again."""
    person = await a_moderator(town.db)
    leaving, staying = await a_session(town.db, person), await a_session(town.db, person)
    before, _ = await town.rights(person, staying)
    async with listening(town.sites[0], staying) as socket, browsing(town.sites[0], leaving) as client:
        await client.post("/logout")
        assert await socket.closed() == Close.JUDGE_ANEW
    assert await town.rights(person, staying) == (before, before)
    assert any(before.values())


async def test_who_registers_an_unconfirmed_address_anew_ends_the_sockets_of_before(town: Town) -> None:
    registration = Registration(pen_name="はけの道", email="hake@example.jp", password=PASSWORD)
    account_id = await accounts.register(town.db, registration, "")
    first = await actor(town.db, account_id or 0)
    async with listening(town.sites[0], await a_session(town.db, first)) as socket:
        await socket.subscribe({f"inbox:{first.id}": None})
        await accounts.register(town.db, registration, "")
        assert await _ended(socket) < WITHIN_SECONDS


async def test_a_held_topic_that_moves_leaves_the_moderators_of_its_board_behind(town: Town) -> None:
    """And tells them nothing: what waits is dropped, catching up is refused, the page is not there."""
    db = town.db
    here, there = await a_board(db), await a_board(db)
    left = await an_account(db)
    await boards.give_role(db, here.id, left.id or 0, "moderator")
    opening = await a_topic(db, await a_newcomer(db), board=here, title="まだ言えない話題")
    channel, session = f"topic:{opening.topic_id}", await a_session(db, left)
    async with listening(town.sites[1], session) as socket, browsing(town.sites[1], session) as client:
        [answer] = (await socket.subscribe({channel: 0})).values()
        assert "まだ言えない話題" in repr(answer)
        await steering.move(db, await a_moderator(db), opening.topic_id, there.id)
        assert await _ended(socket) < WITHIN_SECONDS
        assert (await client.get(f"/topics/{opening.topic_id}")).status_code == 404
    async with listening(town.sites[1], session) as socket:
        [answer] = (await socket.subscribe({channel: 0})).values()
        assert answer.type == "refused"


async def test_a_topic_that_everybody_may_read_moves_without_a_stir(town: Town) -> None:
    """Its readers stay; the old list loses it, the new one shows it."""
    db = town.db
    here, there = await a_board(db), await a_board(db)
    opening = await a_topic(db, board=here)
    channels = [f"topic:{opening.topic_id}", f"board:{here.slug}", f"board:{there.slug}"]
    async with listening(town.sites[1]) as socket:
        await socket.subscribe(dict.fromkeys(channels))
        await steering.move(db, await a_moderator(db), opening.topic_id, there.id)
        kinds = {}
        while kinds.keys() != set(channels):
            frame = await socket.next()
            assert frame.type == "deltas"
            kinds[frame.channel] = [delta.kind for delta in frame.deltas]
        assert list(map(kinds.get, channels)) == [["put"], ["remove"], ["put"]]


async def test_the_facilitator_of_a_draft_loses_it_with_its_topic(town: Town) -> None:
    db = town.db
    here, there = await a_board(db), await a_board(db)
    posts = await a_discussion(db, here)
    draft = await a_draft(db, posts)
    facilitator = await an_account(db)
    await boards.give_role(db, here.id, facilitator.id or 0, "facilitator")
    session, channel = await a_session(db, facilitator), f"digest:{draft.id}"
    async with listening(town.sites[0], session) as socket:
        assert (await socket.subscribe({channel: None}))[channel].type == "caught_up"
        await steering.move(db, await a_moderator(db), posts[0].topic_id, there.id)
        assert await _ended(socket) < WITHIN_SECONDS
    async with listening(town.sites[0], session) as socket:
        assert (await socket.subscribe({channel: None}))[channel].type == "refused"


async def test_a_channel_has_one_name(town: Town) -> None:
    """Rights that end on `topic:7` must not go on under `topic:07`."""
    administrator = await an_account(town.db, Role.ADMINISTRATOR)
    numbers = (town.held.topic_id, town.internal.topic_id)
    names = [f"topic:0{number}" for number in numbers] + [
        f"digest:0{town.draft}",
        f"inbox:0{administrator.id}",
    ]
    async with listening(town.sites[0], await a_session(town.db, administrator)) as socket:
        answers = await socket.subscribe(dict.fromkeys(names, 0))
    assert {answer.type for answer in answers.values()} == {"refused"}
