"""Submissions that arrive after the period: noted, counted apart, considered or not for a reason, never lost."""

import httpx
import pytest

from forum.db import Database, connected
from forum.errors import Forbidden, Invalid
from moderation.consultations.actions import answering, importing, receiving
from moderation.consultations.queries import received
from moderation.digests import actions as digests
from moderation.submissions import proofs
from moderation.submissions import queries as submissions
from moderation.submissions.actions import Received
from moderation.submissions.cells import Row
from moderation.submissions.reading import Unreadable
from moderation.submissions.rules import PaperForm
from tests.conftest import Login
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import SEAL, TOKYO, Procedure, on_day
from tests.waiting import waiting

LATE = {"channel": "post", "received_at": "2026-05-06T10:00"}
ASIDE = {"lateness": "set_aside", "late_because": "消印も期限後のため"}


async def a_late_paper(db: Database, procedure: Procedure, day: float = 36, **changes: object) -> Received:
    form = PaperForm.model_validate({"body": "遅れましたが、街路樹は大切です。"} | LATE | changes)
    with on_day(day):
        return await receiving.enter(db, SEAL, procedure.clerk, procedure.id, form, TOKYO)


async def found(db: Database) -> list[str]:
    return [line async for line in proofs.mismatches(db)]


async def test_what_came_late_needs_a_decision_and_a_reason(db: Database) -> None:
    procedure = await stories.announced(db)
    with pytest.raises(Invalid) as refused:
        await a_late_paper(db, procedure)
    assert list(refused.value.fields) == ["lateness", "late_because"]
    await a_late_paper(db, procedure, **ASIDE)
    await stories.a_paper(db, procedure, "期限内の意見", lateness="considered", late_because="念のため")
    (arrival, late) = sorted(await received.arrivals(db, procedure.id), key=lambda way: way.late)
    assert (arrival.late, late.late, late.channel) == (0, 1, "post")
    assert await found(db) == []


async def test_it_is_set_aside_with_the_reason_and_counted_apart(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    await a_late_paper(db, procedure, **ASIDE)
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
        gathered = await stories.the_gathered(db, procedure)
        assert [row.reason for row in gathered.set_aside] == [
            "締め切りのあとに届いたため：消印も期限後のため"
        ]
        assert gathered.balanced
        await answering.publish_result(db, procedure.clerk, procedure.id)
    page = (await client.get(f"/consultations/{procedure.id}/results")).text
    assert "このうち1件は、締め切りのあとに届きました（検討に含めたもの0件）。" in page
    aside = (await client.get(f"/consultations/{procedure.id}/results/set-aside")).text
    assert "消印も期限後のため" in aside
    assert "期限後・" in aside
    data = (await client.get(f"/consultations/{procedure.id}/results.json")).json()
    assert data["late"] == {"texts": 1, "considered": 0}
    assert data["set_aside"][0]["source"]["late"]


async def test_while_it_is_considered_the_digest_takes_it_in(db: Database) -> None:
    procedure = await stories.considered(db)
    taken = await a_late_paper(db, procedure, day=41, lateness="considered", late_because="配達が遅れたため")
    gathered = await stories.the_gathered(db, procedure)
    assert gathered.lacking[0] == "対象なのに、まだ取り込まれていない発言が1件あります。"
    with on_day(41):
        await digests.retake(db, procedure.clerk, gathered.digest.id)
    rows = await db.rows("select disposition from opinions where submission_id = :id", id=taken.id)
    assert [row["disposition"] for row in rows] == ["undecided"]
    with pytest.raises(Forbidden):
        await a_late_paper(db, procedure, day=41, received_at="2026-04-20T10:00")


async def test_a_file_with_late_rows_is_refused_and_says_which(db: Database) -> None:
    procedure = await stories.announced(db)
    rows = [
        Row(line=2, body="期限内", received="2026-04-20"),
        Row(line=3, body="期限後", received="2026-05-06"),
        Row(line=4, body="日付のない行"),
    ]
    with on_day(36), pytest.raises(Unreadable) as refused:
        await importing.import_rows(
            db, SEAL, procedure.clerk, procedure.id, [row.dated_in(TOKYO) for row in rows]
        )
    assert [(fault.line, "要ります" in fault.why) for fault in refused.value.faults] == [
        (3, False),
        (4, True),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "update late_submissions set considered = not considered",
        "update late_submissions set reason = 'ちがう'",
        "update consultations set closes_at = closes_at + interval '10 days'",
    ],
)
async def test_whoever_alters_the_note_is_found(db: Database, statement: str) -> None:
    procedure = await stories.announced(db)
    await a_late_paper(db, procedure, **ASIDE)
    await db.run("set local session_replication_role = replica")
    await db.run(statement)
    assert len(await found(db)) == 1


async def test_the_clerk_is_asked_and_the_receipt_says_so(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    papers = f"/consultations/{procedure.id}/papers"
    await login(client, procedure.clerk.id or 0)
    with on_day(36):
        assert "締め切りのあとに届いたもの" in (await client.get(papers)).text
        asked = await client.post(papers, data=LATE | {"body": "遅れた意見"})
        assert asked.status_code == 422
        assert "検討に含めるかどうか" in asked.text
        done = await client.post(papers, data=LATE | ASIDE | {"body": "遅れた意見"})
        assert done.status_code == 303
        desk = (await client.get(f"/consultations/{procedure.id}/desk")).text
    assert "1件（うち期限後1件）" in desk
    assert "期限後・検討に含めない" in desk
    (late,) = await submissions.newest(db, procedure.id, 10)
    receipt = (await client.get(f"/consultations/{procedure.id}/submissions/{late.receipt}")).text
    assert "（期限後）" in receipt
    assert "消印も期限後のため" in receipt


async def test_what_is_entered_while_the_digest_is_being_published_is_not_lost(own_database: str) -> None:
    async with connected(own_database) as db, connected(own_database) as other:
        procedure = await stories.considered(db)
        digest = (await stories.the_gathered(db, procedure)).digest
        async with db.transaction():
            await digests.publish_digest(db, procedure.clerk, digest.id)
            entering = await waiting(
                db, a_late_paper(other, procedure, 41, lateness="considered", late_because="一日だけのため")
            )
        with pytest.raises(Forbidden):
            await entering
