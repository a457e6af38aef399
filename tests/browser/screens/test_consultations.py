"""The screens of public comment."""

import pytest
import pytest_asyncio

from forum.access import Role
from forum.db import Database
from moderation.consultations.actions import correcting
from moderation.consultations.rules.correcting import Correction
from tests.browser.screens.conftest import Look, Tour
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import PLAN, Procedure
from tests.moderation.consultations.test_hearing import heard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest_asyncio.fixture(scope="session")
async def tours(site_db: Database) -> list[Tour]:
    return await public_comment(site_db)


async def test_every_screen_is_accessible(look: Look, tours: list[Tour]) -> None:
    await look(tours)


async def public_comment(db: Database) -> list[Tour]:
    """Procedures at every stage, for their readers and their sections."""
    prepared, opened = await stories.prepared(db), await stories.open_now(db)
    considered, published = await stories.considered(db), await stories.published(db)
    await corrected(db, opened)
    await stories.reported(db, published)
    group = (await stories.the_gathered(db, considered)).groups[0].row.id
    receipt = await db.value("select receipt from submissions order by id desc limit 1")
    opinion = (await stories.the_gathered(db, considered)).groups[0].opinions[0]
    letter = f"submissions/{opinion.receipt}"
    digest_id = await heard(db, considered)
    sha256 = await db.value("select sha256 from consultations where id = :id", id=published.id)
    results = ("", "/groups", "/groups/1", "/set-aside")
    read = (
        *(f"/consultations/{opened.id}", f"/consultations/{opened.id}/submissions"),
        *(f"/consultations/{published.id}/results{part}" for part in results),
        f"/consultations/{published.id}/submissions/{receipt}",
        *_at(published.id, "progress"),
        f"/consultations/{considered.id}/results",
        f"/consultations/{considered.id}/{letter}/place",
        *_at(opened.id, "plan", "plan/1"),
        "/consultations/categories",
    )
    return [
        Tour(None, ("/consultations", *read, "/open-data", f"/verify?hash={sha256}", "/verify?hash=x")),
        Tour(prepared.clerk, ("/consultations/new", *_at(prepared.id, "desk", "edit"))),
        Tour(opened.clerk, _at(opened.id, "desk", "papers", "correct")),
        Tour(
            considered.clerk,
            _at(considered.id, "desk", "answers", f"answers/{group}", f"answers/{group}/variants/en"),
        ),
        Tour(
            considered.clerk,
            _at(considered.id, letter, f"{letter}/person", f"opinions/{opinion.id}/answers"),
        ),
        Tour(considered.clerk, (f"/digests/{digest_id}/objections/letters", f"/digests/{digest_id}/publish")),
        Tour(await an_account(db, Role.ADMINISTRATOR), ("/consultations/categories", "/consultations/looks")),
    ]


async def corrected(db: Database, opened: Procedure) -> None:
    correction = Correction(plan=PLAN.replace("道路", "歩道"), reason="誤りがあったため", number=1)
    await correcting.correct(db, opened.clerk, opened.id, correction)


def _at(consultation_id: int, *places: str) -> tuple[str, ...]:
    return tuple(f"/consultations/{consultation_id}/{place}" for place in places)
