"""What the digest of another consultation brings into a result: it was submitted there, and speaks of no part of this plan."""

import httpx
from starlette.applications import Starlette

from forum.commands.verify import every_mismatch
from forum.db import Database
from moderation.consultations import jobs
from moderation.consultations.actions import answering, running
from moderation.digests import actions as digests
from moderation.digests.queries import opinions
from moderation.submissions import queries as submissions
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, Procedure, on_day
from tests.moderation.consultations.test_late import a_late_paper
from tests.moderation.digests.desk import a_plan, act, confirm_all

HERE = "# 第1章 空\n\n空気をきれいにする。\n\n# 第2章 音\n\n騒音を減らす。"


async def taken_in(db: Database, name: str) -> Procedure:
    """A result whose digest took in that of another consultation, ten days later; `name` submitted to this one."""
    first = await stories.announced(db)
    await a_late_paper(db, first, lateness="considered", late_because="一日だけのため")
    await stories.published(db, procedure=first)
    second = await stories.prepared(db, plan=HERE)
    with on_day(0.5):
        await running.announce(db, second.clerk, second.id, TOKYO)
    await stories.a_submission(db, second, name=name, body="空気の測定を増やしてください。")
    earlier = (await stories.the_gathered(db, first)).digest
    plan = a_plan(consultation_id=second.id, digests=[earlier.id])
    number = await digests.start(db, second.clerk, plan, TOKYO)
    with on_day(40):
        await answering.consider(db, second.clerk, second.id)
    if loose := [one.id for one in await opinions.all_of(db, number) if not one.group_id and not one.reason]:
        await act(db, second.clerk, number, "split", opinions=loose)
    await confirm_all(db, second.clerk, number)
    for group in (await stories.the_gathered(db, second)).groups:
        with on_day(41):
            await answering.answer(db, second.clerk, second.id, group.row.id, stories.a_reply())
    with on_day(60):
        await answering.publish_result(db, second.clerk, second.id)
    return second


async def test_what_was_submitted_elsewhere_counts_as_that_and_names_no_part_of_this_plan(
    db: Database, client: httpx.AsyncClient
) -> None:
    second = await taken_in(db, "空 守")
    told = (await client.get(f"/consultations/{second.id}/results.json")).json()
    assert {way["channel"]: way["texts"] for way in told["channels"]} == {"web": 1, "elsewhere": 4}
    assert told["late"] == {"texts": 0, "considered": 0}
    assert [group["plan_section"] for group in told["groups"]] == [None] * len(told["groups"])
    sources = [one["source"] for group in told["groups"] for one in group["opinions"]]
    assert {source["channel"] for source in sources if source["about"]} == {"web"}
    assert "ほかの意見募集への提出" in (await client.get(f"/consultations/{second.id}/results")).text


async def test_a_published_number_of_people_stays_when_the_names_of_one_consultation_go(
    db: Database, app: Starlette, client: httpx.AsyncClient
) -> None:
    """Somebody submitted to both: with the one name gone, nobody knows that any more."""
    second = await taken_in(db, stories.NAME)
    digest = (await stories.the_gathered(db, second)).digest
    pages = (f"/consultations/{second.id}/results.json", f"/digests/{digest.id}.json")
    before = [(await client.get(page)).json() for page in pages]
    for day in (50 + 366, 60 + 366):
        with on_day(day):
            await jobs.forget_submitters(app.state.site, {})
        assert [(await client.get(page)).json() for page in pages] == before
        assert [line async for line in every_mismatch(db, stories.SEAL)] == []
    assert [len(note.people) for note in await submissions.forgotten(db)] == [1, 0]
    await db.run("set local session_replication_role = replica")
    await db.run(f"update forgotten_submitters set people = jsonb_set(people, '{{{digest.id},all}}', '9')")
    said = [line async for line in every_mismatch(db, stories.SEAL)]
    assert f"digest {digest.id}: all: 9 people were told, and there are 3" in said
    assert any("names were deleted has another hash" in line for line in said)
