"""元に戻す, and the history that it comes from: complete enough to be replayed."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, NotFound
from moderation.digests import actions
from moderation.digests.actions.undoing import put
from moderation.digests.balancing import ledger_of
from moderation.digests.changes import GROUPS, HEADINGS, OPINIONS, Changes, State, applied, backwards, renamed
from moderation.digests.proofs import of_digest
from moderation.digests.publication import publication
from moderation.digests.queries import groups, history, states
from moderation.digests.rules import Description, Digest, Heading
from moderation.digests.verifying import of_history
from tests.conftest import Login
from tests.factories import a_post, a_staff_member, actor
from tests.moderation.digests.desk import (
    SAID,
    a_discussion,
    a_draft,
    act,
    confirm_all,
    edit,
    groups_of,
    said_in,
    the_digest,
)


@pytest.fixture(scope="module")
async def desk(ground: Database) -> tuple[Actor, Digest]:
    """Groups 図書館 (2), 駐輪場 (2, and a copy) and 子ども食堂 (1), confirmed."""
    clerk, posts = await a_staff_member(ground), await a_discussion(ground)
    await a_post(ground, topic=posts[0], body="・" + SAID[3])
    digest = await a_draft(ground, posts, clerk)
    await confirm_all(ground, clerk, digest.id)
    return clerk, digest


async def state_of(db: Database, digest: Digest) -> State:
    return await states.state(db, digest.id)


async def version_of(db: Database, digest: Digest) -> int:
    return (await the_digest(db, digest.id)).version


async def merges(db: Database, clerk: Actor, digest: Digest) -> None:
    chosen = [group.id for group in await groups_of(db, digest.id)]
    await act(db, clerk, digest.id, "merge", groups=chosen, title="まちのこと")


async def moves(db: Database, clerk: Actor, digest: Digest) -> None:
    """The last opinion of a group: the group is gone."""
    opinion, to = await said_in(db, digest.id, "子ども食堂"), (await groups_of(db, digest.id))[0]
    await act(db, clerk, digest.id, "move", opinions=[opinion.id], to=to.id)


async def splits(db: Database, clerk: Actor, digest: Digest) -> None:
    await act(
        db, clerk, digest.id, "split", opinions=[(await said_in(db, digest.id, "満車")).id], title="満車"
    )


async def sets_aside(db: Database, clerk: Actor, digest: Digest) -> None:
    opinions = [(await said_in(db, digest.id, words)).id for words in ("仕事帰り", "満車")]
    await act(db, clerk, digest.id, "set_aside", opinions=opinions, reason="試し")


async def quotes(db: Database, clerk: Actor, digest: Digest) -> None:
    await act(db, clerk, digest.id, "quote", opinions=[(await said_in(db, digest.id, "夜間")).id])


async def describes(db: Database, clerk: Actor, digest: Digest) -> None:
    words = Description(title="夜", theme="図書", summary="夜も。", version=await version_of(db, digest))
    await actions.describe(db, clerk, digest.id, (await groups_of(db, digest.id))[0].id, words)


async def heads(db: Database, clerk: Actor, digest: Digest) -> None:
    words = Heading(title="まちの声", summary="三つ。", version=await version_of(db, digest))
    await actions.head(db, clerk, digest.id, words)


Act = Callable[[Database, Actor, Digest], Awaitable[None]]
ACTS: list[Act] = [describes, heads, quotes, splits, sets_aside, moves, merges]


async def test_every_act_can_be_undone_the_last_first_and_undoing_too(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    were = [await state_of(db, digest)]
    for one in ACTS:
        await one(db, clerk, digest)
        were.append(await state_of(db, digest))
        assert were[-1] != were[-2]
    last = await version_of(db, digest)
    for back, then in enumerate(reversed(were[:-1])):
        await actions.undo(db, clerk, digest.id, last - back)
        assert await state_of(db, digest) == then
    assert (await ledger_of(db, await the_digest(db, digest.id))).opinions.balances
    await actions.undo(db, clerk, digest.id, await version_of(db, digest))
    assert await state_of(db, digest) == were[1]


async def test_what_a_colleague_changed_since_is_not_overwritten(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    await moves(db, clerk, digest)
    moved = await version_of(db, digest)
    await describes(db, clerk, digest)  # elsewhere: no hindrance
    opinion = await said_in(db, digest.id, "子ども食堂")
    await act(db, clerk, digest.id, "set_aside", opinions=[opinion.id], reason="試し")
    there = await state_of(db, digest)
    with pytest.raises(Conflict):
        await actions.undo(db, clerk, digest.id, moved)
    assert await state_of(db, digest) == there
    await actions.undo(db, clerk, digest.id, await version_of(db, digest))
    await actions.undo(db, clerk, digest.id, moved)
    assert [group.title for group in await groups_of(db, digest.id)] == ["夜", "駐輪場", "補助"]
    with pytest.raises(NotFound):
        await actions.undo(db, clerk, digest.id, 999)


async def test_a_group_that_received_something_since_stays(db: Database, desk: tuple[Actor, Digest]) -> None:
    clerk, digest = desk
    await splits(db, clerk, digest)
    version, made = await version_of(db, digest), (await said_in(db, digest.id, "満車")).group_id
    await act(db, clerk, digest.id, "move", opinions=[(await said_in(db, digest.id, "夜間")).id], to=made)
    await actions.undo(db, clerk, digest.id, version)
    assert [o.group_id for o in [await said_in(db, digest.id, "夜間")]] == [made]
    assert (await said_in(db, digest.id, "満車")).group_id != made


async def content(db: Database, digest_id: int) -> tuple[str, list[Any]]:
    """Everything that would be published, and every group, without the numbers of rows."""
    digest = await the_digest(db, digest_id)
    points = await groups.groups(db, digest_id)
    return of_digest(await publication(db, digest)), [
        (g.position, g.title, g.theme, g.summary, g.opinions) for g in points
    ]


async def test_the_history_replayed_on_a_fresh_digest_gives_the_same_groups_byte_for_byte(
    db: Database,
) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    worked, fresh = await a_draft(db, posts, clerk), await a_draft(db, posts, clerk)
    compiled, start = await content(db, worked.id), await state_of(db, worked)
    assert await content(db, fresh.id) == compiled

    await confirm_all(db, clerk, worked.id)
    for one in ACTS[:-1]:
        await one(db, clerk, worked)
    await actions.undo(db, clerk, worked.id, await version_of(db, worked) - 3)
    await edit(db, await actor(db, posts[0].author_id), posts[0], "図書館を朝も開けてほしいです。")
    await a_post(db, topic=posts[0], body="街灯を増やしてください。")
    await actions.retake(db, clerk, worked.id)
    await confirm_all(db, clerk, worked.id)
    await merges(db, clerk, worked)

    acts, back = await history.all_changes(db, worked.id), await state_of(db, worked)
    assert len(acts) == await version_of(db, worked) - 1, "every act is kept"
    for _version, changes in reversed(acts):
        back = applied(back, backwards(changes))
    assert back == start
    assert await of_history(db, worked.id) == []
    names = same_rows(start, await state_of(db, fresh))
    for _version, changes in acts:
        name_new_rows(changes, names)
        await put(db, fresh.id, await state_of(db, fresh), renamed(changes, names))
        await groups.tidy(db, fresh.id)
    assert await content(db, fresh.id) == await content(db, worked.id) != compiled
    [merged] = await groups_of(db, worked.id)
    await groups.describe(db, merged.id, title="だれかの題", summary="")
    assert await of_history(db, worked.id) != [], "what is no act is found"


def same_rows(here: State, there: State) -> dict[str, dict[int, int]]:
    """The rows of one compiled digest, by those of the other that was compiled from the same."""

    def in_order(state: State, table: str) -> list[int]:
        return sorted(state[table], key=lambda id: state[table][id].get("position", 0))

    tables = (HEADINGS, GROUPS, OPINIONS)
    return {table: dict(zip(in_order(here, table), in_order(there, table), strict=True)) for table in tables}


def name_new_rows(changes: Changes, names: dict[str, dict[int, int]]) -> None:
    for table, rows in changes.items():
        for id, (before, _after) in rows.items():
            if before is None:
                names[table].setdefault(int(id), int(id) + 1_000_000)


async def test_the_desk_offers_to_undo_and_the_history_shows_it(
    client: httpx.AsyncClient, db: Database, login: Login, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    assert clerk.id is not None
    await login(client, clerk.id)
    before = await state_of(db, digest)
    await merges(db, clerk, digest)
    version = await version_of(db, digest)
    desk = await client.get(f"/digests/{digest.id}/edit")
    assert f'name="version" value="{version}"><button' in desk.text
    done = await client.post(f"/digests/{digest.id}/undo?show=groups&page=1", data={"version": version})
    (first, *_others) = await groups_of(db, digest.id)
    assert done.headers["location"] == f"/digests/{digest.id}/edit?show=groups&page=1#group-{first.id}"
    assert await state_of(db, digest) == before
    kept = (await client.get(f"/digests/{digest.id}/history")).text
    assert "元に戻す（論点をまとめる）（論点3件）" in kept
    assert f'value="{version}"' not in kept, "undone already"
    again = await client.post(f"/digests/{digest.id}/undo?show=open&page=1", data={"version": version})
    assert (again.status_code, "元に戻せません" in again.text) == (409, True)
