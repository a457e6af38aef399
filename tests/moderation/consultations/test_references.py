"""An answer that refers to another: by the group, until the numbers stay."""

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid
from moderation.consultations import verifying
from moderation.consultations.actions import answering
from moderation.consultations.gathering import Answered
from moderation.consultations.rules import references
from moderation.digests import actions as digests
from moderation.digests.rules import Sorting
from tests.conftest import Login
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import Procedure, on_day

GROUPS = {1: 57, 2: 12}
NUMBERS = {57: 1, 12: 2}


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("{No.1}の回答のとおりです。", "{group:57}の回答のとおりです。", "No.1の回答のとおりです。"),
        ("｛Ｎｏ．２｝と{ no 1 }", "{group:12}と{group:57}", "No.2とNo.1"),
        ("No.1の広報と{x}", "No.1の広報と{x}", "No.1の広報と{x}"),
    ],
)
def test_a_number_is_typed_and_a_group_is_kept(typed: str, kept: str, shown: str) -> None:
    assert references.kept(typed, GROUPS) == kept
    assert references.shown(kept, NUMBERS) == shown
    assert references.kept(references.typed(kept, NUMBERS), GROUPS) == kept


def test_a_number_that_no_group_has_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        references.kept("{No.3}", GROUPS)
    assert refused.value.fields == {"body": "No.3という論点はありません。"}


def test_what_stands_for_a_group_that_is_no_more_is_not_saved_as_words() -> None:
    """Else nobody would miss the reference any more, and readers would find the braces."""
    form = references.typed("{group:99}の回答のとおりです。", NUMBERS)
    for typed in (form, "｛No.？｝のとおりです。"):
        with pytest.raises(Invalid, match="という論点はありません"):
            references.kept(typed, GROUPS)


@pytest.mark.parametrize(
    ("graph", "turning"),
    [
        ({1: set(), 2: {1}, 3: {2, 1}}, set()),
        ({1: {1}}, {1}),
        ({1: {2}, 2: {3}, 3: {1}, 4: {1}}, {1, 2, 3}),
        ({1: {9}}, set()),
    ],
)
def test_whoever_follows_references_must_arrive(graph: dict[int, set[int]], turning: set[int]) -> None:
    assert references.circular(graph) == turning


async def three_groups(db: Database, *, by: Actor | None = None) -> Procedure:
    """The story's opinions, each a group of its own: 街路樹, 日陰, 市長."""
    procedure = await stories.considered(db, by=by)
    gathered = await stories.the_gathered(db, procedure)
    (mayor,) = [row.id for row in gathered.set_aside]
    shade = [row.id for row in gathered.groups[0].opinions if "日陰" in row.text]
    await sort(db, procedure, "bring_back", opinions=[mayor])
    await sort(db, procedure, "split", opinions=[mayor], title="市長")
    await sort(db, procedure, "split", opinions=shade, title="日陰")
    await sort(db, procedure, "confirm", groups=[group.row.id for group in await groups_of(db, procedure)])
    return procedure


async def sort(db: Database, procedure: Procedure, act: str, **chosen: object) -> None:
    digest = (await stories.the_gathered(db, procedure)).digest
    sorting = Sorting.model_validate({"act": act, "version": digest.version, **chosen})
    await digests.sort(db, procedure.clerk, digest.id, sorting)


async def groups_of(db: Database, procedure: Procedure) -> tuple[Answered, ...]:
    return (await stories.the_gathered(db, procedure)).groups


async def group_of(db: Database, procedure: Procedure, title: str) -> Answered:
    return next(group for group in await groups_of(db, procedure) if group.row.title == title)


async def say(db: Database, procedure: Procedure, title: str, body: str) -> None:
    group = await group_of(db, procedure, title)
    reply = stories.a_reply(number=group.answer.number if group.answer else 0, body=body)
    await answering.answer(db, procedure.clerk, procedure.id, group.row.id, reply)


async def refer(db: Database, procedure: Procedure, title: str, to: str) -> int:
    number = (await group_of(db, procedure, to)).number
    await say(db, procedure, title, f"{{No.{number}}}の回答のとおりです。")
    return number


async def test_a_reference_follows_its_group_and_is_settled_when_published(db: Database) -> None:
    procedure = await three_groups(db)
    with on_day(41):
        await say(db, procedure, "日陰", "守ります。")
        assert await refer(db, procedure, "市長", "日陰") == 2
        gone = await group_of(db, procedure, "街路樹")
        await sort(db, procedure, "set_aside", opinions=[row.id for row in gone.opinions], reason="対象外")
        assert (await group_of(db, procedure, "日陰")).number == 1
        assert (await group_of(db, procedure, "市長")).answering.body == "No.1の回答のとおりです。"
        await answering.publish_result(db, procedure.clerk, procedure.id)
    answer = (await group_of(db, procedure, "市長")).answer
    assert answer is not None
    assert (answer.number, answer.body) == (2, "No.1の回答のとおりです。")
    assert [line async for line in verifying.mismatches(db)] == []


async def test_a_circle_and_a_lost_group_keep_the_result_back(db: Database) -> None:
    procedure = await three_groups(db)
    with on_day(41):
        await refer(db, procedure, "日陰", "市長")
        await refer(db, procedure, "市長", "日陰")
        for title in ("日陰", "市長"):
            assert (await group_of(db, procedure, title)).gaps == [
                "参照をたどると、もとの論点に戻ってしまいます"
            ]
        gone = await group_of(db, procedure, "市長")
        await sort(db, procedure, "set_aside", opinions=[row.id for row in gone.opinions], reason="対象外")
        shade = await group_of(db, procedure, "日陰")
    assert shade.gaps == ["参照している論点がなくなりました。参照先を直してください"]
    assert shade.answering.body == "No.?の回答のとおりです。"


async def test_the_form_shows_the_number_that_the_group_has_now(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await three_groups(db)
    with on_day(41):
        await refer(db, procedure, "市長", "日陰")
        await login(client, procedure.clerk.id or 0)
        group = await group_of(db, procedure, "市長")
        page = (await client.get(f"/consultations/{procedure.id}/answers/{group.row.id}")).text
    assert "{No.2}の回答のとおりです。</textarea>" in page
    assert "<code>{No.2}</code> 日陰" in page
    assert "{group:" not in page
