"""Cutting by hand: verbatim, nothing lost, and two opinions where one was."""

from itertools import count

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from moderation.digests import actions
from moderation.digests.balancing import ledger_of
from moderation.digests.queries import cuts, opinions, states
from moderation.digests.queries.opinions import Opinion
from moderation.digests.recutting import Piece, recut, sentences_of
from moderation.digests.rules import Cutting, Digest
from moderation.digests.splitting import split
from moderation.digests.verifying import mismatches
from tests.conftest import Login
from tests.factories import a_post, a_staff_member, actor, the_post
from tests.moderation.digests.desk import (
    a_discussion,
    a_draft,
    act,
    confirm_all,
    edit,
    hide,
    said_in,
    the_digest,
)

TEXT = "図書館を夜も開けて。街灯を増やして。歩道を直して。"


def spans(*pieces: Piece) -> list[tuple[int | None, str]]:
    return [(piece.id or piece.like, TEXT[piece.start : piece.end]) for piece in pieces]


def test_what_an_opinion_leaves_stands_alone_and_what_it_takes_its_neighbours_lose() -> None:
    one, two = Piece(1, 0, 18), Piece(2, 18, len(TEXT))
    made = recut(TEXT, [one, two], 1, 0, 10)
    assert made is not None
    assert (spans(*made.changed), spans(*made.fresh), made.gone) == (
        [(1, "図書館を夜も開けて。")],
        [(1, "街灯を増やして。")],
        (),
    )
    made = recut(TEXT, [one, two], 1, 0, len(TEXT))
    assert made is not None
    assert (spans(*made.changed), made.fresh, made.gone) == ([(1, TEXT)], (), (2,))
    made = recut(TEXT, [one, two], 2, 10, len(TEXT))
    assert made is not None
    assert spans(*made.changed) == [(2, "街灯を増やして。歩道を直して。"), (1, "図書館を夜も開けて。")]
    made = recut(TEXT, [Piece(1, 0, len(TEXT))], 1, 10, 17)
    assert made is not None, "the full stop goes along"
    assert spans(*made.changed, *made.fresh) == [
        (1, "街灯を増やして。"),
        (1, "図書館を夜も開けて。"),
        (1, "歩道を直して。"),
    ]
    assert recut(TEXT, [one, two], 1, 0, 18) is recut(TEXT, [one, two], 1, 5, 5) is None


@given(st.text(alphabet="ああ。\n >・", max_size=30), st.data())
def test_no_word_is_ever_lost_or_said_twice(text: str, data: st.DataObject) -> None:
    numbers = count(1)
    pieces = [Piece(next(numbers), span.start, span.end) for span in split(text)]
    for _turn in range(3):
        if not pieces:
            return
        chosen = data.draw(st.sampled_from(pieces)).id
        assert chosen
        made = recut(text, pieces, chosen, data.draw(st.integers(-1, 31)), data.draw(st.integers(-1, 31)))
        if made is None:
            continue
        gone = set(made.touched)
        fresh = [Piece(next(numbers), piece.start, piece.end) for piece in made.fresh]
        pieces = sorted(
            [*(piece for piece in pieces if piece.id not in gone), *made.changed, *fresh],
            key=lambda p: p.start,
        )
        covered = "".join(text[piece.start : piece.end] for piece in pieces)
        assert "".join(covered.split()) == "".join(text.split())
        assert all(text[p.start : p.end].strip() == text[p.start : p.end] != "" for p in pieces)


@pytest.fixture(scope="module")
async def desk(ground: Database) -> tuple[Actor, Digest]:
    """Everything confirmed; one post asks for two things in one opinion, and somebody copied it."""
    clerk, posts = await a_staff_member(ground), await a_discussion(ground)
    for _copy in range(2):
        await a_post(ground, topic=posts[0], body="歩道が狭くて危ないです。広げてください。街灯も暗いです。")
    digest = await a_draft(ground, posts, clerk)
    await confirm_all(ground, clerk, digest.id)
    return clerk, digest


async def cut(db: Database, clerk: Actor, digest: Digest, opinion: Opinion, **chosen: object) -> int:
    version = chosen.pop("version", None) or (await the_digest(db, digest.id)).version
    cutting = Cutting.model_validate({"version": version, **chosen})
    return await actions.cut(db, clerk, digest.id, opinion.id, cutting)


async def test_an_opinion_becomes_two_with_a_place_each_and_one_again(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    whole = await said_in(db, digest.id, "歩道が狭くて")
    at = whole.start_at + (whole.text or "").index("街灯")
    before = await states.state(db, digest.id)
    assert await cut(db, clerk, digest, whole, at=at) == 1
    both = [o for o in await opinions.all_of(db, digest.id) if o.post_id == whole.post_id]
    assert sorted(o.text or "" for o in both) == [
        "歩道が狭くて危ないです。広げてください。",
        "街灯も暗いです。",
    ]
    assert {o.group_id for o in both} == {whole.group_id}
    lamps = next(o for o in both if o.text == "街灯も暗いです。")
    await act(db, clerk, digest.id, "split", opinions=[lamps.id], title="街灯")
    assert [o.disposition for o in await opinions.by_ids(db, digest.id, [lamps.id])] == ["used"]
    ledger = await ledger_of(db, await the_digest(db, digest.id))
    assert ledger.opinions.balances
    assert ledger.texts.balances
    assert ledger.counts.same + ledger.counts.near == 0, "the other no longer says the same"
    assert [line async for line in mismatches(db)] == []

    await cut(db, clerk, digest, both[0], start=whole.start_at, end=whole.end_at)
    assert (await said_in(db, digest.id, "歩道が狭くて")).text == whole.text
    version = (await the_digest(db, digest.id)).version
    for back in range(3):
        await actions.undo(db, clerk, digest.id, version - back)
    assert await states.state(db, digest.id) == before
    assert [line async for line in mismatches(db)] == []


async def test_a_cut_by_hand_survives_an_edit_as_far_as_its_words_are_still_there(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    whole = await said_in(db, digest.id, "歩道が狭くて")
    await cut(db, clerk, digest, whole, at=whole.start_at + (whole.text or "").index("街灯"))
    lamps = await said_in(db, digest.id, "街灯も")
    await act(db, clerk, digest.id, "split", opinions=[lamps.id], title="街灯")
    before = await said_in(db, digest.id, "街灯も")
    post = await the_post(db, whole.post_id or 0)
    author = await actor(db, post.author_id)
    await edit(db, author, post, "こんにちは。\n\n歩道が狭いです。広げてください。街灯も暗いです。")
    await actions.retake(db, clerk, digest.id)
    after = await said_in(db, digest.id, "街灯も")
    assert (after.id, after.text, after.group_id) == (before.id, "街灯も暗いです。", before.group_id)
    paths = await said_in(db, digest.id, "歩道が狭いです")
    assert (paths.text, paths.disposition) == ("歩道が狭いです。広げてください。", "undecided")
    await edit(db, author, await the_post(db, post.id), "歩道が狭いです。広げてください。街灯も直して。")
    await actions.retake(db, clerk, digest.id)
    anew = [o for o in await opinions.all_of(db, digest.id) if o.post_id == post.id]
    assert {o.disposition for o in anew if "街灯" in (o.text or "")} == {"undecided"}
    assert [line async for line in mismatches(db)] == []


async def test_what_cannot_be_cut_is_refused(db: Database, desk: tuple[Actor, Digest]) -> None:
    clerk, digest = desk
    opinion, version = await said_in(db, digest.id, "歩道が狭くて"), (await the_digest(db, digest.id)).version
    with pytest.raises(Invalid):
        await cut(db, clerk, digest, opinion, start=opinion.start_at, end=opinion.end_at)
    with pytest.raises(NotFound):
        await cut(db, clerk, await a_draft(db, await a_discussion(db), clerk), opinion, at=3)
    await act(db, clerk, digest.id, "quote", opinions=[opinion.id])
    with pytest.raises(Conflict):
        await cut(db, clerk, digest, opinion, at=12, version=version)


async def test_a_text_that_changed_is_taken_in_again_first(db: Database) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    digest = await a_draft(db, posts, clerk)
    opinion = await said_in(db, digest.id, "仕事帰り")
    await edit(db, await actor(db, posts[0].author_id), posts[0], "図書館を朝も開けて。仕事の前に寄ります。")
    await hide(db, posts[1])
    for one in (opinion, next(o for o in await opinions.all_of(db, digest.id) if o.post_id == posts[1].id)):
        with pytest.raises(Conflict):
            await cut(db, clerk, digest, one, at=opinion.start_at + 5)


async def test_the_page_shows_every_sentence_and_cuts_without_scripts(
    client: httpx.AsyncClient, db: Database, login: Login, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    assert clerk.id is not None
    await login(client, clerk.id)
    opinion = await said_in(db, digest.id, "歩道が狭くて")
    address = f"/digests/{digest.id}/opinions/{opinion.id}/cut"
    assert address in (await client.get(f"/digests/{digest.id}/edit?show=found&q=歩道が")).text
    page = (await client.get(address)).text
    source = await cuts.source(db, digest.id, opinion.id)
    assert source is not None
    (_first, middle, last) = sentences_of(source.words)
    assert f'name="start" value="{middle[0]}"' in page
    version = (await the_digest(db, digest.id)).version
    form = {"version": version, "start": last[0], "end": last[1], "selection": ""}
    assert (await client.post(address, data=form)).headers["location"] == address
    assert [o.text for o in await opinions.by_ids(db, digest.id, [opinion.id])] == ["街灯も暗いです。"]
    again = await client.post(address, data={**form, "version": version + 1})
    assert (again.status_code, "いまと違う範囲" in again.text) == (422, True)
    selected = {"version": version + 1, "selection": f"{middle[0]}-{last[1]}"}
    assert (await client.post(address, data=selected)).status_code == 303
    assert [o.text for o in await opinions.by_ids(db, digest.id, [opinion.id])] == [
        "広げてください。街灯も暗いです。"
    ]
