"""Who may no longer hear something loses the connection within a second, on every server, and is judged anew.

Real servers on a real broker; the page is the oracle: a channel answers `refused` to whom its page is not there.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus

from forum import clock
from forum.access import Actor, Role
from forum.accounts import actions as accounts
from forum.accounts import queries
from forum.accounts.rules import SESSION_LASTS, Registration
from forum.boards import actions as boards
from forum.db import Database, connected
from forum.door import SOCKETS_PER_ACCOUNT
from forum.posts.rules import Post
from forum.topics.actions import steering
from realtime.protocol import Close
from tests.conftest import SECRET
from tests.databases import a_database
from tests.factories import (
    PASSWORD,
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    actor,
    an_account,
)
from tests.moderation.digests.desk import a_discussion, a_draft
from tests.server import serving
from tests.sockets import Socket, a_session, browsing, heard, listening

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(120)]

WITHIN_SECONDS = 1.0


CUT_OFF_THE_BROKERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name like 'listening to %'
"""


@dataclass(frozen=True, slots=True)
class Town:
    """Two servers, and what only some of its people may read."""

    db: Database
    sites: tuple[str, str]
    held: Post
    internal: Post
    draft: int
    board: str
    # What everybody may read, and on each server somebody who does.
    public: Post
    guests: list[Socket]

    async def tells_what_is_newer(self) -> None:
        """Every server has told its guest of something that is said only now."""
        said = await a_post(self.db, topic=self.public)
        for guest in self.guests:
            while f"post-{said.id}" not in repr(await guest.next()):
                pass

    def places(self, person: Actor) -> dict[str, str]:
        """The page on which each channel is heard."""
        return {
            f"topic:{self.held.topic_id}": f"/topics/{self.held.topic_id}",
            f"topic:{self.internal.topic_id}": f"/topics/{self.internal.topic_id}",
            f"digest:{self.draft}": f"/digests/{self.draft}/edit",
            f"inbox:{person.id}": "/inbox",
            f"notices:{person.id}": "/inbox",
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
        async with connected(url) as db, AsyncExitStack() as windows:
            public = await a_topic(db)
            guests = [await windows.enter_async_context(listening(site.url)) for site in sites]
            for guest in guests:
                await guest.subscribe({f"topic:{public.topic_id}": None})
            yield Town(
                db,
                (sites[0].url, sites[1].url),
                held=await a_topic(db, await a_newcomer(db)),
                internal=await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff")),
                draft=(await a_draft(db, await a_discussion(db))).id,
                board=(await a_board(db)).slug,
                public=public,
                guests=guests,
            )
        for site in sites:
            assert "Traceback" not in site.log.read_text()


Act = Callable[[Town, httpx.AsyncClient, Actor], Awaitable[object]]


async def suspended(town: Town, client: httpx.AsyncClient, person: Actor) -> None:
    await accounts.restrict(town.db, person.id or 0, suspended_at=clock.now())


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
        seconds = await _ended(town, here, there)
        record_property("seconds", round(seconds, 3))
        assert seconds < WITHIN_SECONDS
        assert guest.connection.close_code is None, "nobody else's"
        after, seen = await town.rights(person, session)
        assert after == seen
        assert after != before


async def _ended(town: Town, *sockets: Socket) -> float:
    """Seconds until the connections ended for other rights, from when others on their servers heard of what came later: until
    then a slow machine may take its time."""
    await town.tells_what_is_newer()
    started = asyncio.get_running_loop().time()
    for socket in sockets:
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
        assert await _ended(town, socket) < WITHIN_SECONDS


async def test_a_held_topic_that_moves_leaves_the_moderators_of_its_board_behind(town: Town) -> None:
    """And tells them nothing: what waits is dropped, catching up is refused, the page is not there."""
    db = town.db
    here, there = await a_board(db), await a_board(db)
    left = await an_account(db)
    await boards.give_role(db, here.id, left.id or 0, "moderator")
    opening = await a_topic(db, await a_newcomer(db), board=here, title="まだ言えない話題")
    channel, session = f"topic:{opening.topic_id}", await a_session(db, left)
    await heard(db, *town.sites)
    async with listening(town.sites[1], session) as socket, browsing(town.sites[1], session) as client:
        [answer] = (await socket.subscribe({channel: 0})).values()
        assert "まだ言えない話題" in repr(answer)
        await steering.move(db, await a_moderator(db), opening.topic_id, there.id)
        assert await _ended(town, socket) < WITHIN_SECONDS
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
    await heard(db, *town.sites)  # of its beginning
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
    await heard(db, *town.sites)
    async with listening(town.sites[0], session) as socket:
        assert (await socket.subscribe({channel: None}))[channel].type == "caught_up"
        await steering.move(db, await a_moderator(db), posts[0].topic_id, there.id)
        assert await _ended(town, socket) < WITHIN_SECONDS
    async with listening(town.sites[0], session) as socket:
        assert (await socket.subscribe({channel: None}))[channel].type == "refused"


async def test_a_session_that_ends_by_itself_ends_its_sockets(town: Town) -> None:
    person = await a_moderator(town.db)
    staying = await a_session(town.db, person)
    before, _ = await town.rights(person, staying)
    ends = clock.now() + timedelta(seconds=1.5)
    with clock.at(ends - SESSION_LASTS):
        ending = await a_session(town.db, person)
    async with listening(town.sites[0], ending) as socket:
        answers = await socket.subscribe(dict.fromkeys(before))
        assert before == {channel: answer.type != "refused" for channel, answer in answers.items()}
        await asyncio.sleep((ends - clock.now()).total_seconds())
        assert await _ended(town, socket) < WITHIN_SECONDS
    after, seen = await town.rights(person, ending)
    assert after == seen
    assert not any(after.values())
    assert await town.rights(person, staying) == (before, before)


async def test_rights_that_change_while_the_broker_is_away_end_too(town: Town) -> None:
    """Nobody hears that they did; so when it is back, all accounts are judged anew, and guests catch up."""
    staff = await a_staff_member(town.db)
    channel = f"topic:{town.internal.topic_id}"
    session = await a_session(town.db, staff)
    async with (
        listening(town.sites[0], session) as socket,
        listening(town.sites[1], session) as other,
        listening(town.sites[0]) as guest,
    ):
        assert (await socket.subscribe({channel: 0}))[channel].type == "caught_up"
        await guest.subscribe({"board:nowhere": None, f"board:{town.board}": None})
        async with town.db.transaction():
            await town.db.run("set local statement_timeout = 1000")
            await town.db.run(CUT_OFF_THE_BROKERS)
            await queries.set_role(
                town.db, staff.id or 0, role="resident", section_id=None
            )  # and not a word of it
        for window in (socket, other):
            assert await window.closed() == Close.JUDGE_ANEW
        assert (await guest.next()).type == "resync"
    async with listening(town.sites[0], session) as socket:
        assert (await socket.subscribe({channel: 0}))[channel].type == "refused"


async def test_an_account_holds_a_bounded_number_of_sockets(town: Town) -> None:
    session = await a_session(town.db, await an_account(town.db))
    async with AsyncExitStack() as open_pages:
        for _ in range(SOCKETS_PER_ACCOUNT):
            await open_pages.enter_async_context(listening(town.sites[0], session))
        with pytest.raises(InvalidStatus) as refused:
            await open_pages.enter_async_context(listening(town.sites[0], session))
        assert refused.value.response.status_code == 429
        async with listening(town.sites[0]):
            pass  # others are none the worse
    async with listening(town.sites[0], session):
        pass


async def test_a_channel_has_one_name(town: Town) -> None:
    """Rights that end on `topic:7` must not go on under `topic:07`."""
    administrator = await an_account(town.db, Role.ADMINISTRATOR)
    numbers = (town.held.topic_id, town.internal.topic_id)
    names = [f"topic:0{number}" for number in numbers] + [
        f"digest:0{town.draft}",
        f"inbox:0{administrator.id}",
        f"notices:0{administrator.id}",
    ]
    async with listening(town.sites[0], await a_session(town.db, administrator)) as socket:
        answers = await socket.subscribe(dict.fromkeys(names, 0))
    assert {answer.type for answer in answers.values()} == {"refused"}
