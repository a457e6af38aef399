"""The screens of public comment."""

import pytest
import pytest_asyncio

from forum.db import Database
from tests.browser.screens.conftest import Look, Tour
from tests.moderation.consultations import stories

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="session")
async def tours(site_db: Database) -> list[Tour]:
    return await public_comment(site_db)


async def test_every_screen_is_accessible(look: Look, tours: list[Tour]) -> None:
    await look(tours)


async def public_comment(db: Database) -> list[Tour]:
    """Procedures at every stage, for their readers and their sections."""
    prepared, opened = await stories.prepared(db), await stories.open_now(db)
    considered, published = await stories.considered(db), await stories.published(db)
    group = (await stories.the_gathered(db, considered)).groups[0].row.id
    receipt = await db.value("select receipt from submissions order by id desc limit 1")
    sha256 = await db.value("select sha256 from consultations where id = :id", id=published.id)
    results = ("", "/groups", "/groups/1", "/set-aside")
    read = (
        *(f"/consultations/{opened.id}", f"/consultations/{opened.id}/submissions"),
        *(f"/consultations/{published.id}/results{part}" for part in results),
        f"/consultations/{published.id}/submissions/{receipt}",
        f"/consultations/{considered.id}/results",
    )
    return [
        Tour(None, ("/consultations", *read, "/open-data", f"/verify?hash={sha256}", "/verify?hash=x")),
        Tour(prepared.clerk, ("/consultations/new", *_at(prepared.id, "desk", "edit"))),
        Tour(opened.clerk, _at(opened.id, "desk", "papers")),
        Tour(considered.clerk, _at(considered.id, "desk", "answers", f"answers/{group}")),
    ]


def _at(consultation_id: int, *places: str) -> tuple[str, ...]:
    return tuple(f"/consultations/{consultation_id}/{place}" for place in places)
