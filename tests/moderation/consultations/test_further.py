"""One opinion with several answers: counted once, answered by each, found wherever answers are shown."""

import csv
import io
import json
from datetime import date
from zipfile import ZipFile

import httpx
import pytest
from docx import Document
from openpyxl import load_workbook

from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from moderation.consultations.actions import answering
from moderation.consultations.actions.answering_further import answer_further
from moderation.consultations.gathering import Answered
from moderation.consultations.queries import received
from moderation.digests import actions as digests
from moderation.digests import rules
from moderation.digests.rules import Cutting
from tests.conftest import Login
from tests.factories import a_post, a_staff_member, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import Procedure, on_day
from tests.moderation.consultations.test_references import group_of, groups_of, three_groups
from tests.moderation.digests.desk import a_plan, act, confirm_all, hide, said_in, the_digest

PLAIN = {"category": "other", "reason": "市の考えです。", "plan_before": "", "plan_after": ""}


async def reply(db: Database, procedure: Procedure, group: Answered, body: str) -> None:
    number = group.answer.number if group.answer else 0
    words = stories.a_reply(**PLAIN, number=number, body=body)
    with on_day(41):
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, words)


async def test_an_answer_to_more_opinions_is_looked_at_again(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await three_groups(db)
    for group in await groups_of(db, procedure):
        await reply(db, procedure, group, f"{group.row.title}について答えます。")
    trees, shade = await group_of(db, procedure, "街路樹"), await group_of(db, procedure, "日陰")
    (tree,) = trees.opinions
    await login(client, procedure.clerk.id or 0)
    address = f"/consultations/{procedure.id}/opinions/{tree.id}/answers"
    with on_day(42):
        assert "日陰" in (await client.get(address)).text
        assert (await client.post(address, data={"groups": [shade.row.id]})).status_code == 303
        shade = await group_of(db, procedure, "日陰")
        assert [row.id for row in shade.further] == [tree.id]
        assert "確かめて保存しなおす" in shade.gaps[0]
        assert tree.text in (await client.get(f"/consultations/{procedure.id}/answers/{shade.row.id}")).text
    await reply(db, procedure, shade, "日陰と街路樹について答えます。")
    assert (await group_of(db, procedure, "日陰")).gaps == []
    # Taken back, the answer is again one to others than it was given to.
    await answer_further(db, procedure.clerk, procedure.id, tree.id, [])
    assert (await group_of(db, procedure, "日陰")).gaps != []


async def test_it_is_counted_once_and_all_its_answers_are_shown(
    db: Database, client: httpx.AsyncClient
) -> None:
    author = await an_account(db)
    procedure = await three_groups(db, by=author)
    trees, shade = await group_of(db, procedure, "街路樹"), await group_of(db, procedure, "日陰")
    (tree,) = trees.opinions
    await answer_further(db, procedure.clerk, procedure.id, tree.id, [shade.row.id])
    for group in await groups_of(db, procedure):
        await reply(db, procedure, group, f"{group.row.title}について答えます。")
    with on_day(50):
        await answering.publish_result(db, procedure.clerk, procedure.id)
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []
    told = "select count(*) from notifications where kind = 'consultation_answered' and account_id = :id"
    assert await db.value(told, id=author.id) == 2
    base = f"/consultations/{procedure.id}/results"
    data = (await client.get(f"{base}.json")).json()
    by_title = {group["title"]: group for group in data["groups"]}
    assert by_title["日陰"]["further"] == [
        {"number": by_title["街路樹"]["opinions"][0]["number"], "sha256": tree.sha256}
    ]
    assert by_title["街路樹"]["opinions"][0]["further"] == [by_title["日陰"]["number"]]
    assert data["ledger"]["opinions"]["received"] == sum(len(group["opinions"]) for group in data["groups"])
    shade_page = (await client.get(f"{base}/groups/{by_title['日陰']['number']}")).text
    assert f'/results/groups/{by_title["街路樹"]["number"]}"' in shade_page
    receipt = by_title["街路樹"]["opinions"][0]["source"]["receipt"]
    of_receipt = (await client.get(f"/consultations/{procedure.id}/submissions/{receipt}")).text
    assert all(f"/results/groups/{by_title[title]['number']}" in of_receipt for title in ("街路樹", "日陰"))
    await in_files(client, base, f"No.{by_title['日陰']['number']}")


async def in_files(client: httpx.AsyncClient, base: str, number: str) -> None:
    """Each kind of file names the other answer."""
    assert number in (await client.get(base)).text
    rows = list(csv.DictReader(io.StringIO((await client.get(f"{base}.csv")).content.decode("utf-8-sig"))))
    assert [row["ほかの市の考え方"][: len(number)] for row in rows if row["ほかの市の考え方"]] == [number]
    word = Document(io.BytesIO((await client.get(f"{base}.docx")).content))
    assert any(number in cell.text for table in word.tables for row in table.rows for cell in row.cells)
    book = load_workbook(io.BytesIO((await client.get(f"{base}.xlsx")).content))
    assert any(number == cell for row in book["意見"].values for cell in row)
    bundle = ZipFile(io.BytesIO((await client.get(f"{base}.zip")).content))
    assert number in bundle.read("results.html").decode()
    assert json.loads(bundle.read("results.json"))["groups"]


async def test_no_further_answer_is_lost_by_sorting(db: Database) -> None:
    procedure = await three_groups(db)
    trees, shade = await group_of(db, procedure, "街路樹"), await group_of(db, procedure, "日陰")
    digest_id = (await stories.the_gathered(db, procedure)).digest.id
    (tree,) = trees.opinions
    await answer_further(db, procedure.clerk, procedure.id, tree.id, [shade.row.id])
    other = next(g for g in await groups_of(db, procedure) if g.row.id not in (trees.row.id, shade.row.id))
    moved = [row.id for row in shade.opinions]
    with pytest.raises(Conflict, match="日陰"):
        await act(db, procedure.clerk, digest_id, "move", opinions=moved, to=other.row.id)
    await act(db, procedure.clerk, digest_id, "merge", groups=[trees.row.id, other.row.id])
    # Cut in two and joined again, the opinion is gone for a moment; undone, it is answered there as before.
    middle = (tree.start_at + tree.end_at) // 2
    await digests.cut(
        db, procedure.clerk, digest_id, tree.id, Cutting(at=middle, version=await version_of(db, procedure))
    )
    rows = await received.opinions(db, digest_id)
    second = next(row for row in rows if row.receipt == tree.receipt and row.id != tree.id)
    await digests.cut(
        db,
        procedure.clerk,
        digest_id,
        second.id,
        Cutting(start=tree.start_at, end=tree.end_at, version=await version_of(db, procedure)),
    )
    assert tree.id not in [row.id for row in await received.opinions(db, digest_id)]
    await digests.undo(db, procedure.clerk, digest_id, await version_of(db, procedure))
    again = next(row for row in await received.opinions(db, digest_id) if row.id == tree.id)
    assert again.further == [shade.row.id]


async def version_of(db: Database, procedure: Procedure) -> int:
    return (await stories.the_gathered(db, procedure)).digest.version


async def test_only_who_answers_says_so_and_only_of_this_bench(db: Database) -> None:
    procedure = await three_groups(db)
    first, second, _third = await groups_of(db, procedure)
    (opinion, *_rest) = first.opinions
    with pytest.raises(Forbidden):
        await answer_further(db, await a_staff_member(db), procedure.id, opinion.id, [second.row.id])
    for wrong in (first.row.id, 0):
        with pytest.raises(Invalid):
            await answer_further(db, procedure.clerk, procedure.id, opinion.id, [wrong])
    with pytest.raises(NotFound):
        await answer_further(db, procedure.clerk, procedure.id, 0, [second.row.id])


async def test_what_cannot_be_brought_up_to_date_by_a_job_is_as_people_left_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A point that answers others would go with its last opinion: the clerk has to say first who answers instead."""
    procedure = await stories.announced(db)
    with on_day(10):
        post = await a_post(db, body="ベンチを置いてください。")
    await stories.a_submission(db, procedure)
    with on_day(11):
        plan = a_plan(consultation_id=procedure.id, topics=[post.topic_id], last_day=date(2026, 5, 4))
        draft = await digests.start(db, procedure.clerk, plan, stories.TOKYO)
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
        bench, tree = await said_in(db, draft, "ベンチ"), await said_in(db, draft, "街路樹")
        assert None not in (bench.group_id, tree.group_id)
        await confirm_all(db, procedure.clerk, draft)
        await answer_further(db, procedure.clerk, procedure.id, tree.id, [bench.group_id or 0])
        await hide(db, post)
        monkeypatch.setattr(rules, "TEXTS_AT_ONCE", 0)
        assert await digests.retake(db, procedure.clerk, draft) is None
        await digests.retake_in_background(db, draft, procedure.clerk.id or 0)
    assert (await the_digest(db, draft)).state == "draft"
