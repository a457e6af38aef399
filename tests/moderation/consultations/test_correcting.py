"""A draft plan is corrected while people answer to it: a new version with a reason; the old one stays, and so do anchors."""

import csv
import io
import json
from collections.abc import Sequence
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import load_workbook

from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.notifications import queries as notifications
from forum.proof import digest
from moderation.consultations import jobs, verifying
from moderation.consultations.actions import correcting, importing
from moderation.consultations.passages import passages
from moderation.consultations.queries import notices, versions
from moderation.consultations.rules.correcting import Correction, displaced, passage_numbers
from moderation.consultations.rules.notice import sections
from moderation.submissions import proofs
from moderation.submissions.cells import Row
from moderation.submissions.queries import passages as about_queries
from tests.conftest import Login
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import PLAN, Procedure, on_day
from tests.pages import links, parsed, problems, text_of

BECAUSE = "本数に誤りがあったため"
CORRECTED = PLAN.replace("街路樹を整理する。", "はじめに。\n\n街路樹120本を整理する。")


@pytest.mark.parametrize(
    ("versions", "numbers"),
    [
        (["ab"], [1, 2]),
        ([["木を植える。"], ["はじめに", "木を二本植える。", "おわりに"]], [2, 1, 3]),
        (["ab", "xab"], [3, 1, 2]),
        (["ab", "aB"], [1, 2]),
        (["abc", "ac", "axc"], [1, 4, 3]),
        (["ab", ""], []),
        (["ab", "", "ab"], [3, 4]),
    ],
)
def test_a_passage_keeps_its_number_and_no_number_is_given_twice(
    versions: list[Sequence[str]], numbers: list[int]
) -> None:
    assert passage_numbers(versions) == numbers


def test_a_heading_is_nothing_to_speak_of() -> None:
    assert [each.speakable for each in passages(("## 目標\n\n木を植える。",))] == [False, True]


def a_correction(plan: str = CORRECTED, number: int = 1) -> Correction:
    return Correction(plan=plan, reason=BECAUSE, number=number)


async def corrected(db: Database, procedure: Procedure, *given: Correction, day: float = 5) -> None:
    with on_day(day):
        for each in given or (a_correction(),):
            await correcting.correct(db, procedure.clerk, procedure.id, each)


async def problems_of(db: Database) -> list[str]:
    return [line for proof in (verifying, proofs) async for line in proof.mismatches(db)]


async def test_both_versions_are_kept_in_one_chain(db: Database) -> None:
    procedure = await stories.announced(db)
    before = await notices.plan(db, procedure.id)
    await corrected(db, procedure, a_correction(), a_correction(CORRECTED + "\n\n# 第3章\n\n水", number=2))
    after = await notices.plan(db, procedure.id)
    assert [part.id for part in after[:2]] == [part.id for part in before]
    assert after[0].body == "はじめに。\n\n街路樹120本を整理する。"
    first, second, third = await versions.of(db, procedure.id)
    assert [part.body for part in first.parts] == [part.body for part in before]
    assert (first.made_at, first.reason) == (stories.days_later(1), "")
    assert (second.reason, len(second.parts), len(third.parts)) == (BECAUSE, 2, 3)
    assert await problems_of(db) == []
    await db.run("set local session_replication_role = replica")
    await db.run("update plan_versions set reason = 'x' where number = 2")
    await db.run("update plan_sections set body = 'x' where position = 3")
    assert len(await problems_of(db)) == 2


@pytest.mark.parametrize(
    ("plan", "moved"),
    [
        (
            "# 第1章 みどり\n\n街路樹を整理する。\n\n# 第2章 水\n\n池を直す。\n\n# 第3章 道\n\n道路を広げる。",
            "第2章 道",
        ),
        ("# 第2章 道\n\n道路を広げる。\n\n# 第1章 みどり\n\n街路樹を整理する。", "第1章 みどり"),
        (
            "# 第1章 木\n\n街路樹を整理する。\n\n# 第2章 道\n\n歩道を広げる。\n\n# 第3章 水\n\n池を直す。",
            None,
        ),
        ("# 第1章 みどり\n\n街路樹を整理する。\n\n# 第2章 まち\n\n歩道を直す。", None),
        ("# その他\n\n未定\n\n# その他\n\n未定", None),
    ],
)
def test_a_section_stays_in_its_place_for_opinions_point_at_it(plan: str, moved: str | None) -> None:
    found = displaced(sections(PLAN), sections(plan))
    assert (found and found.heading) == moved
    faults = a_correction(plan).faults(sections(PLAN))
    assert list(faults) == (["plan"] if moved else [])


async def test_what_cannot_be_a_correction_is_refused(db: Database) -> None:
    procedure = await stories.announced(db)
    for plan in (
        PLAN,
        "# 第1章 みどり\n\n街路樹を整理する。",
        PLAN.replace("# 第2章", "# 水\n\n池\n\n# 第2章"),
    ):
        with pytest.raises(Invalid) as refused:
            await corrected(db, procedure, a_correction(plan))
        assert list(refused.value.fields) == ["plan"]
    for day in (0.5, 40):
        with pytest.raises(Forbidden):
            await corrected(db, procedure, day=day)
    await corrected(db, procedure)
    with pytest.raises(Conflict):
        await corrected(db, procedure, a_correction(PLAN))


async def test_those_who_have_submitted_are_told(db: Database) -> None:
    procedure, resident = await stories.announced(db), await an_account(db)
    await stories.a_submission(db, procedure, resident)
    await corrected(db, procedure, day=11)
    (told,) = await notifications.page_of_account(db, resident.id or 0, before=2**62, limit=9)
    assert (told.kind, told.params["act"], told.params["reason"]) == (
        "consultation_changed",
        "correct",
        BECAUSE,
    )
    assert "tell_submitters" in jobs.JOBS
    assert await db.value("select count(*) from pgqueuer where entrypoint = 'tell_submitters'") == 1


async def test_an_opinion_keeps_the_version_and_the_passage_that_its_author_read(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    chapter = (await notices.plan(db, procedure.id))[0].id
    about = {"plan_section_id": chapter, "plan_version": 1, "passage": f"{chapter}.1"}
    await corrected(db, procedure)
    read_before = await stories.a_submission(db, procedure, **about)
    elsewhere = await stories.a_submission(
        db, procedure, **about | {"plan_section_id": None, "plan_version": 9}
    )
    found = [await about_queries.of(db, each.id) for each in (read_before, elsewhere)]
    assert [(each.plan_version, each.passage) for each in found if each] == [(1, 1), (2, None)]
    assert await problems_of(db) == []
    page = parsed(await client.get(f"/consultations/{procedure.id}/submissions/{read_before.receipt}"))
    there = f"/consultations/{procedure.id}/plan/1#section-1-1"
    assert there in links(page)
    old = await client.get(there)
    assert "街路樹を整理する。" in old.text
    assert 'id="section-1-1"' in old.text
    await db.run("set local session_replication_role = replica")
    await db.run("update submission_passages set passage = 2")
    assert len(await problems_of(db)) == 2


async def test_paper_speaks_of_the_version_of_its_day(db: Database) -> None:
    procedure = await stories.announced(db)
    await corrected(db, procedure)  # on the 6th
    before = await stories.a_paper(db, procedure, "古い案への意見", received_at="2026-04-05T10:00")
    after = await stories.a_paper(db, procedure, "新しい案への意見")
    rows = [Row(line=2, body="早い行", received="2026-04-05"), Row(line=3, body="今日の行")]
    with on_day(12):
        dated = [row.dated_in(stories.TOKYO) for row in rows]
        await importing.import_rows(db, stories.SEAL, procedure.clerk, procedure.id, dated)
    found = await about_queries.every(db)
    assert [about.plan_version for about in found] == [1, 2, 1, 2]
    assert [about.submission_id for about in found][:2] == [before.id, after.id]
    assert await problems_of(db) == []


async def test_files_of_a_result_say_of_which_words_of_the_plan_each_opinion_speaks(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    await corrected(db, procedure)
    await stories.published(db, procedure=procedure)
    base = f"/consultations/{procedure.id}/results"
    data = (await client.get(f"{base}.json")).json()
    first, second = data["plan_versions"]
    assert (second["previous"], first["plan"][0]["body"]) == (first["sha256"], "街路樹を整理する。")
    for version in (first, second):
        plan = digest([{"body": part["body"], "heading": part["heading"]} for part in version["plan"]])
        rest = {name: value for name, value in version.items() if name != "sha256"}
        assert digest({**rest, "plan": plan}) == version["sha256"]
    web, fax = [opinion["source"]["about"] for opinion in data["groups"][0]["opinions"]]
    assert (web["version"], web["section"], web["passage"], fax["version"], fax["section"]) == (
        1,
        1,
        1,
        2,
        None,
    )
    rows = list(csv.DictReader(io.StringIO((await client.get(f"{base}.csv")).content.decode("utf-8-sig"))))
    assert (rows[0]["計画案の版"], rows[0]["計画案の項目"], rows[0]["計画案の段落"]) == (
        "1",
        "第1章 みどり",
        "1",
    )
    book = load_workbook(io.BytesIO((await client.get(f"{base}.xlsx")).content))
    assert any("第1版・第1章 みどり・段落1" in row for row in book["意見"].values)
    bundle = ZipFile(io.BytesIO((await client.get(f"{base}.zip")).content))
    texts = {text["receipt"]: text["about"] for text in json.loads(bundle.read("originals.json"))}
    opinions = data["groups"][0]["opinions"]
    assert [texts[opinion["source"]["receipt"]] for opinion in opinions] == [web, fax]
    assert "計画案の第1版・第1章 みどり・段落1" in bundle.read("results.html").decode()


async def test_everybody_reads_what_changed_and_old_anchors_lead_on(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    here = f"/consultations/{procedure.id}"
    with on_day(5):
        assert "訂正はありません" in (await client.get(f"{here}/plan")).text
        assert (await client.get(f"{here}/plan/1")).headers["location"] == here
        assert (await client.get(f"{here}/plan/2")).status_code == 404
        assert (await client.get(f"{here}/correct")).status_code == 403
        await login(client, procedure.clerk.id or 0)
        assert f"{here}/correct" in links(parsed(await client.get(f"{here}/desk")))
        wordless = await client.post(f"{here}/correct", data={"plan": CORRECTED, "number": 1, "reason": ""})
        assert problems(parsed(wordless)).keys() == {"reason"}
        done = await client.post(f"{here}/correct", data={"plan": CORRECTED, "number": 1, "reason": BECAUSE})
        assert done.headers["location"] == f"{here}/plan"
        page = (await client.get(here)).text
        assert page.index('id="section-1-2"') < page.index('id="section-1-1"') < page.index("120本")
        stale = {"body": "賛成です。", "name": "n", "address": "a", "standing": "lives", "plan_version": "1"}
        preview = await client.post(f"{here}/submissions", data=stale | {"do": "preview"})
        assert "訂正の前の第1版への意見" in preview.text
        feed = (await client.get("/consultations/feed.atom")).text
    changes = text_of(parsed(await client.get(f"{here}/plan")))
    assert BECAUSE in changes
    assert "計画案を訂正しました" in feed
    hash_of = (await versions.of(db, procedure.id))[1].sha256
    assert f"/consultations/{procedure.id}/plan/2" in links(
        parsed(await client.get(f"/verify?hash={hash_of}"))
    )


async def test_an_opinion_about_a_section_that_came_with_a_correction_speaks_of_no_version_without_it(
    db: Database, client: httpx.AsyncClient
) -> None:
    """The form was opened before the correction, and shown again after it with the new section to choose."""
    procedure = await stories.announced(db)
    await corrected(db, procedure, a_correction(PLAN + "\n\n# 第3章 水\n\n川を守る。"))
    third = (await notices.plan(db, procedure.id))[2].id
    await stories.a_submission(
        db, procedure, body="街路樹と川を守って。", plan_section_id=third, plan_version=1
    )
    await stories.a_paper(
        db, procedure, "街路樹と水。", plan_section_id=third, received_at="2026-04-05T10:00"
    )
    row = Row(line=2, body="街路樹も水も。", received="2026-04-05", section="3").dated_in(stories.TOKYO)
    with on_day(12):
        await importing.import_rows(db, stories.SEAL, procedure.clerk, procedure.id, [row])
    assert [about.plan_version for about in await about_queries.every(db)] == [2, 2, 2]
    await stories.published(db, procedure=procedure)
    receipts = [
        row["receipt"] for row in await db.rows("select receipt from submissions order by id limit 3")
    ]
    pages = ["results.json", *(f"submissions/{receipt}" for receipt in receipts)]
    for told in ("as it is now", "as it was kept once"):
        for page in pages:
            answer = await client.get(f"/consultations/{procedure.id}/{page}")
            assert (answer.status_code, "第3章 水" in answer.text) == (200, True), (told, page)
        await db.run("set local session_replication_role = replica")
        await db.run("update submission_passages set plan_version = 1")
