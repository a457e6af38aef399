"""The verbs of the work bench, and two clerks at one desk."""

from collections.abc import Awaitable, Callable

import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from moderation.digests import actions
from moderation.digests.balancing import ledger_of
from moderation.digests.queries import history, opinions
from moderation.digests.rules import Description, Digest, Heading
from tests.factories import a_post, a_staff_member, an_account
from tests.moderation.digests.desk import (
    SAID,
    a_discussion,
    a_draft,
    act,
    confirm_all,
    groups_of,
    said_in,
    standing,
    the_digest,
)


@pytest.fixture(scope="module")
async def desk(ground: Database) -> tuple[Actor, Digest]:
    """A clerk before a fresh draft: groups 図書館 (2), 駐輪場 (2) and 子ども食堂 (1)."""
    clerk = await a_staff_member(ground)
    return clerk, await a_draft(ground, await a_discussion(ground), clerk)


async def test_confirming_turns_the_suggestion_into_a_decision(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    await confirm_all(db, clerk, digest.id)
    found = [disposition for disposition, _number in (await standing(db, digest.id)).values()]
    assert sorted(found) == ["merged", "merged", "used", "used", "used"]
    assert (await ledger_of(db, await the_digest(db, digest.id))).opinions.balances


async def test_merged_groups_keep_every_opinion_and_every_summary(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    library, bicycles, _canteen = await groups_of(db, digest.id)
    for group, summary in [(library, "夜に開けること。"), (bicycles, "増やすこと。")]:
        words = Description(
            title=group.title, summary=summary, version=(await the_digest(db, digest.id)).version
        )
        await actions.describe(db, clerk, digest.id, group.id, words)
    await act(db, clerk, digest.id, "merge", groups=[library.id, bicycles.id], title="駅前の施設")
    merged, canteen = await groups_of(db, digest.id)
    assert (merged.title, merged.summary, merged.opinions) == (
        "駅前の施設",
        "夜に開けること。\n\n増やすこと。",
        4,
    )
    assert canteen.position == 2


async def test_a_moved_opinion_is_decided_and_stands_where_it_was_put(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    library = (await groups_of(db, digest.id))[0]
    await act(
        db, clerk, digest.id, "move", opinions=[(await said_in(db, digest.id, "満車")).id], to=library.id
    )
    assert (await standing(db, digest.id))["駅前の駐輪場はい"] == ("merged", 1)


async def test_the_group_that_loses_its_quoted_opinion_quotes_another(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    await confirm_all(db, clerk, digest.id)
    library, bicycles, _canteen = await groups_of(db, digest.id)
    quoted = next(o for o in await opinions.in_groups(db, [bicycles.id]) if o.representative)
    await act(db, clerk, digest.id, "move", opinions=[quoted.id], to=library.id)
    left = await opinions.in_groups(db, [bicycles.id])
    assert [o.disposition for o in left] == ["used"]


async def test_a_group_that_loses_its_last_opinion_is_gone(db: Database, desk: tuple[Actor, Digest]) -> None:
    clerk, digest = desk
    library, _bicycles, canteen = await groups_of(db, digest.id)
    only = (await opinions.in_groups(db, [canteen.id]))[0]
    await act(db, clerk, digest.id, "move", opinions=[only.id], to=library.id)
    assert [group.position for group in await groups_of(db, digest.id)] == [1, 2]


async def test_a_new_group_comes_after_the_one_it_was_taken_from(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    await act(
        db, clerk, digest.id, "split", opinions=[(await said_in(db, digest.id, "夜間")).id], title="夜間開館"
    )
    assert [group.title for group in await groups_of(db, digest.id)][:2] == ["図書館", "夜間開館"]
    assert (await standing(db, digest.id))["図書館の夜間の開"] == ("used", 2)


async def test_a_new_group_without_a_name_is_named_in_the_words_of_its_first_opinion(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    await act(db, clerk, digest.id, "split", opinions=[(await said_in(db, digest.id, "満車")).id])
    assert "駅前の駐輪場はいつも満車です。" in [group.title for group in await groups_of(db, digest.id)]


async def test_several_opinions_of_a_group_can_be_quoted(db: Database, desk: tuple[Actor, Digest]) -> None:
    clerk, digest = desk
    await confirm_all(db, clerk, digest.id)
    both = [(await said_in(db, digest.id, words)).id for words in ("仕事帰り", "夜間")]
    await act(db, clerk, digest.id, "quote", opinions=both)
    assert {(await standing(db, digest.id))[words[:8]][0] for words in SAID[:2]} == {"used"}
    await act(db, clerk, digest.id, "unquote", opinions=both[:1])
    assert (await said_in(db, digest.id, "仕事帰り")).disposition == "merged"


async def test_an_opinion_is_set_aside_with_a_reason_and_can_be_brought_back(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    opinion = await said_in(db, digest.id, "子ども食堂")
    await act(
        db,
        clerk,
        digest.id,
        "set_aside",
        opinions=[opinion.id],
        reason="対象外のため",
        note="別の計画で扱います",
    )
    aside = await said_in(db, digest.id, "子ども食堂")
    assert (aside.disposition, aside.reason, aside.group_id) == (
        "set_aside",
        "対象外のため：別の計画で扱います",
        None,
    )
    await act(db, clerk, digest.id, "bring_back", opinions=[opinion.id])
    assert (await said_in(db, digest.id, "子ども食堂")).disposition == "undecided"


async def test_what_was_taken_for_a_greeting_can_be_brought_back_as_an_opinion(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    greeting = (await opinions.not_opinions(db, digest.id, offset=0, limit=1))[0]
    await act(db, clerk, digest.id, "bring_back", opinions=[greeting.id])
    assert (await said_in(db, digest.id, "ありがとう")).disposition == "undecided"


async def test_copies_go_where_their_original_goes(db: Database) -> None:
    clerk = await a_staff_member(db)
    posts = await a_discussion(db)
    for _copy in range(2):
        await a_post(db, topic=posts[0], body="・" + SAID[3])
    digest = await a_draft(db, posts, clerk)
    original = await said_in(db, digest.id, "満車")
    await act(db, clerk, digest.id, "set_aside", opinions=[original.id], reason="試し")
    ledger = await ledger_of(db, await the_digest(db, digest.id))
    assert (ledger.opinions.set_aside, ledger.counts.same + ledger.counts.near) == (3, 2)
    await act(db, clerk, digest.id, "bring_back", opinions=[original.id])
    assert (await ledger_of(db, await the_digest(db, digest.id))).opinions.set_aside == 0


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"act": "confirm"}, "groups"),
        ({"act": "move"}, "opinions"),
        ({"act": "split"}, "opinions"),
        ({"act": "set_aside"}, "opinions"),
    ],
)
async def test_an_act_on_nothing_says_what_to_choose(
    db: Database, chosen: dict[str, str], field: str, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    with pytest.raises(Invalid) as refused:
        await act(db, clerk, digest.id, **chosen)
    assert set(refused.value.fields) == {field}


async def test_what_an_act_lacks_is_said_at_its_field(db: Database, desk: tuple[Actor, Digest]) -> None:
    clerk, digest = desk
    opinion = await said_in(db, digest.id, "満車")
    for verb, field in [("move", "to"), ("set_aside", "reason")]:
        with pytest.raises(Invalid) as refused:
            await act(db, clerk, digest.id, verb, opinions=[opinion.id])
        assert set(refused.value.fields) == {field}
    with pytest.raises(Invalid):
        await act(db, clerk, digest.id, "merge", groups=[opinion.group_id])


async def test_an_opinion_of_another_digest_cannot_be_reached(
    db: Database, desk: tuple[Actor, Digest]
) -> None:
    clerk, digest = desk
    elsewhere = await a_draft(db, await a_discussion(db), clerk)
    opinion = await said_in(db, elsewhere.id, "満車")
    with pytest.raises(Conflict):
        await act(db, clerk, digest.id, "set_aside", opinions=[opinion.id], reason="試し")
    with pytest.raises(Invalid):
        await act(
            db, clerk, elsewhere.id, "move", opinions=[opinion.id], to=(await groups_of(db, digest.id))[0].id
        )


async def test_nobody_else_works_at_the_bench(db: Database, desk: tuple[Actor, Digest]) -> None:
    _clerk, digest = desk
    with pytest.raises(Forbidden):
        await act(db, await an_account(db), digest.id, "confirm", groups=[1])
    with pytest.raises(NotFound):
        await actions.sort(db, await a_staff_member(db), 999_999, None)


Act = Callable[[Database, Actor, Digest], Awaitable[None]]


async def moves_library(db: Database, clerk: Actor, digest: Digest) -> None:
    bicycles = (await groups_of(db, digest.id))[1]
    opinion = await said_in(db, digest.id, "夜間")
    await act(db, clerk, digest.id, "move", opinions=[opinion.id], to=bicycles.id, version=digest.version)


async def sets_library_aside(db: Database, clerk: Actor, digest: Digest) -> None:
    opinion = await said_in(db, digest.id, "夜間")
    await act(db, clerk, digest.id, "set_aside", opinions=[opinion.id], reason="試し", version=digest.version)


async def sets_canteen_aside(db: Database, clerk: Actor, digest: Digest) -> None:
    opinion = await said_in(db, digest.id, "子ども食堂")
    await act(db, clerk, digest.id, "set_aside", opinions=[opinion.id], reason="試し", version=digest.version)


async def confirms_library(db: Database, clerk: Actor, digest: Digest) -> None:
    group = next(group for group in await groups_of(db, digest.id) if group.title == "図書館")
    await act(db, clerk, digest.id, "confirm", groups=[group.id], version=digest.version)


async def names_library(db: Database, clerk: Actor, digest: Digest) -> None:
    group = (await groups_of(db, digest.id))[0]
    words = Description(title="図書館", summary=clerk.pen_name, version=digest.version)
    await actions.describe(db, clerk, digest.id, group.id, words)


async def writes_heading(db: Database, clerk: Actor, digest: Digest) -> None:
    words = Heading(title=digest.title, summary=clerk.pen_name, version=digest.version)
    await actions.head(db, clerk, digest.id, words)


# Two clerks who opened the bench at the same moment; the second acts after the first. One case a line.
@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        (moves_library, sets_canteen_aside, False),
        (names_library, sets_canteen_aside, False),
        (names_library, moves_library, False),
        (writes_heading, names_library, False),
        (moves_library, names_library, False),
        (moves_library, sets_library_aside, True),
        (sets_library_aside, confirms_library, True),
        (names_library, names_library, True),
        (writes_heading, writes_heading, True),
    ],
)
async def test_two_clerks_clash_only_over_the_same_thing(
    db: Database, first: Act, second: Act, clash: bool, desk: tuple[Actor, Digest]
) -> None:
    one, digest = desk
    other = await a_staff_member(db)
    await first(db, one, digest)
    if not clash:
        await second(db, other, digest)
        return
    with pytest.raises(Conflict) as refused:
        await second(db, other, digest)
    assert one.pen_name in refused.value.reason


async def test_a_clash_over_words_shows_both(db: Database, desk: tuple[Actor, Digest]) -> None:
    one, digest = desk
    other = await a_staff_member(db)
    await names_library(db, one, digest)
    with pytest.raises(Conflict) as refused:
        await names_library(db, other, digest)
    assert (refused.value.theirs, refused.value.yours) == (f"図書館\n\n{one.pen_name}", other.pen_name)


async def test_every_act_is_kept_in_the_history(db: Database, desk: tuple[Actor, Digest]) -> None:
    clerk, digest = desk
    await sets_canteen_aside(db, clerk, digest)
    await confirm_all(db, clerk, digest.id)
    kept = await history.history(db, digest.id, 10)
    assert [(entry.act, entry.pen_name) for entry in kept] == [
        ("confirm", clerk.pen_name),
        ("set_aside", clerk.pen_name),
    ]
    assert kept[1].detail == {"reason": "試し"}
