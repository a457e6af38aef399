"""Procedures at every stage of their life, made by the real actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.sealed import Seal
from moderation.consultations.actions import answering, receiving, reporting, running
from moderation.consultations.gathering import Gathered, gather
from moderation.consultations.queries import notices
from moderation.consultations.rules.notice import Notice
from moderation.consultations.rules.progress import NewReport
from moderation.consultations.rules.reply import Reply
from moderation.digests import actions as digests
from moderation.digests.rules import Sorting
from moderation.submissions.actions import Received
from moderation.submissions.rules import Channel, PaperForm, Standing, WebForm
from tests.conftest import SECRET
from tests.factories import a_staff_member

TOKYO = ZoneInfo("Asia/Tokyo")
SEAL = Seal(SECRET)
START = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)

# Nobody but the submitter may ever meet these words again.
NAME, ADDRESS, GROUP_NAME, EMAIL = "貫井 花代", "見本町1-2-3", "ひみつの会", "hanayo@example.org"
PLAN = "# 第1章 みどり\n\n街路樹を整理する。\n\n# 第2章 道\n\n道路を広げる。"


@dataclass(frozen=True)
class Procedure:
    """A procedure and the clerk who carries it."""

    id: int
    clerk: Actor


def days_later(days: float) -> datetime:
    return START + timedelta(days=days)


@contextmanager
def on_day(days: float) -> Iterator[None]:
    """So many days after the story begins; the period runs from day 1 to day 33."""
    with clock.at(days_later(days)):
        yield


def a_notice(clerk: Actor, **changes: object) -> Notice:
    values: dict[str, object] = {
        "title": "みどりの計画（案）",
        "summary": "みどりをどう守るかの計画です。",
        "section_id": clerk.section_id,
        "opens_at": "2026-04-02T09:00",
        "closes_at": "2026-05-04T09:00",
        "plan": PLAN,
    }
    return Notice.model_validate(values | changes)


async def prepared(db: Database, **changes: object) -> Procedure:
    clerk = await a_staff_member(db)
    with on_day(0):
        number = await running.prepare(db, clerk, a_notice(clerk, **changes), TOKYO)
    return Procedure(number, clerk)


async def announced(db: Database) -> Procedure:
    procedure = await prepared(db)
    with on_day(0):
        await running.announce(db, procedure.clerk, procedure.id, TOKYO)
    return procedure


async def open_now(db: Database) -> Procedure:
    """Open by the real clock, for tests that look at it through a browser."""
    clerk = await a_staff_member(db)
    closes_at = (clock.now() + timedelta(days=60)).astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M")
    with clock.at(clock.now() - timedelta(days=1)):
        number = await running.prepare(db, clerk, a_notice(clerk, closes_at=closes_at), TOKYO)
        await running.announce(db, clerk, number, TOKYO, at_once=True)
    return Procedure(number, clerk)


def a_form(body: str = "街路樹を守ってください。", **changes: object) -> WebForm:
    values: dict[str, object] = {
        "body": body,
        "name": NAME,
        "address": ADDRESS,
        "organisation": GROUP_NAME,
        "email": EMAIL,
        "standing": Standing.LIVES,
    }
    return WebForm.model_validate(values | changes)


async def a_submission(
    db: Database, procedure: Procedure, by: Actor | None = None, **changes: object
) -> Received:
    with on_day(10):
        return await receiving.submit(db, SEAL, by or Actor(), procedure.id, a_form(**changes))


async def a_paper(db: Database, procedure: Procedure, body: str, **changes: object) -> Received:
    values: dict[str, object] = {"body": body, "channel": Channel.FAX, "received_at": "2026-04-11T10:00"}
    with on_day(12):
        return await receiving.enter(
            db, SEAL, procedure.clerk, procedure.id, PaperForm.model_validate(values | changes), TOKYO
        )


async def considered(
    db: Database, *, by: Actor | None = None, procedure: Procedure | None = None
) -> Procedure:
    """Two submissions and a fax, sorted into one group; one opinion is set aside."""
    procedure = procedure or await announced(db)
    chapter = (await notices.plan(db, procedure.id))[0].id
    about = {"plan_section_id": chapter, "plan_version": 1, "passage": f"{chapter}.1"}
    await a_submission(db, procedure, by, **about)
    await a_paper(db, procedure, "街路樹は日陰になるので残してほしい。", name="別の人", address="別の町")
    await a_paper(db, procedure, "市長によろしく。")
    with on_day(40):
        number = await answering.consider(db, procedure.clerk, procedure.id)
        await sort(db, procedure, number)
    return procedure


async def sort(db: Database, procedure: Procedure, digest_id: int) -> None:
    """The clerk puts the words about trees into one group and sets the greeting to the mayor aside."""
    gathered = await the_gathered(db, procedure)
    rows = await opinions(db, digest_id)
    trees = [number for number, text in rows if "街路樹" in text]
    others = [number for number, text in rows if "街路樹" not in text]
    act = {"act": "split", "opinions": trees, "title": "街路樹", "version": gathered.digest.version}
    await digests.sort(db, procedure.clerk, digest_id, Sorting.model_validate(act))
    await sort_aside(db, procedure, digest_id, others)


async def sort_aside(
    db: Database, procedure: Procedure, digest_id: int, numbers: list[int], reason: str = "計画の対象外"
) -> None:
    version = (await the_gathered(db, procedure)).digest.version
    act = {"act": "set_aside", "opinions": numbers, "reason": reason, "version": version}
    await digests.sort(db, procedure.clerk, digest_id, Sorting.model_validate(act))


async def opinions(db: Database, digest_id: int) -> list[tuple[int, str]]:
    rows = await db.rows("select id, text from opinions where digest_id = :id order by id", id=digest_id)
    return [(row["id"], row["text"]) for row in rows]


async def the_gathered(db: Database, procedure: Procedure) -> Gathered:
    gathered = await gather(db, procedure.id)
    assert gathered is not None
    return gathered


def a_reply(**changes: object) -> Reply:
    values: dict[str, object] = {
        "number": 0,
        "category": "revised",
        "body": "ご意見を踏まえて修正します。",
        "plan_before": "街路樹を整理する。",
        "plan_after": "街路樹を守る。",
    }
    return Reply.model_validate(values | changes)


async def answered(db: Database, *, by: Actor | None = None, procedure: Procedure | None = None) -> Procedure:
    procedure = await considered(db, by=by, procedure=procedure)
    (group,) = (await the_gathered(db, procedure)).groups
    with on_day(41):
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, a_reply())
    return procedure


async def published(
    db: Database, *, by: Actor | None = None, procedure: Procedure | None = None
) -> Procedure:
    procedure = await answered(db, by=by, procedure=procedure)
    with on_day(50):
        await answering.publish_result(db, procedure.clerk, procedure.id)
    return procedure


async def reported(db: Database, procedure: Procedure) -> None:
    """Two years after the result: first it is under way, then it is done in another way."""
    for year, status, body in (
        (2027, "under_way", "調査を始めました。"),
        (2028, "changed", "半分に植えました。"),
    ):
        values = {"number": year - 2027, "status": status, "year": year, "body": body}
        with on_day((year - 2026) * 365):
            await reporting.report(db, procedure.clerk, procedure.id, 1, NewReport.model_validate(values))
