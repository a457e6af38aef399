"""From the first word of a newcomer to the answer of the city and back to that word, by people at their windows.

Told twice: with scripts, where what happens is seen as it happens, and without, where everything works as well.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from forum.access import Actor
from forum.db import Database
from forum.settings import ROOT
from tests.browser.conftest import Enter
from tests.browser.story import city, room
from tests.browser.story.people import Person, Town
from tests.conftest import SECRET
from tests.factories import a_board, a_board_moderator, a_post, a_staff_member, a_topic, an_account

# Many pages, one after the other: on a machine with a load of twelve it took more than two minutes.
pytestmark = pytest.mark.timeout(400)


@pytest_asyncio.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def town(
    request: pytest.FixtureRequest, browser: Browser, site_url: str, site_db: Database, enter: Enter
) -> AsyncIterator[Town]:
    scripts: bool = request.param
    board = await a_board(site_db)
    topic = await a_topic(site_db, board=board, title="野川の夜道", body=city.LIGHTS)
    for words in (city.BENCHES, city.BACKS, city.NOODLES):
        await a_post(site_db, topic=topic, body=words)
    complaints: list[str] = []
    async with AsyncExitStack() as windows:

        async def person(actor: Actor | None = None) -> Person:
            context = await windows.enter_async_context(
                await browser.new_context(base_url=site_url, locale="ja-JP", java_script_enabled=scripts)
            )
            context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            context.on("weberror", lambda failed: complaints.append(str(failed.error)))
            if actor:
                await enter(context, actor)
            return Person(await context.new_page(), scripts)

        yield Town(
            board=board,
            topic=topic,
            hana=await person(),
            guest=await person(),
            taro=await person(await an_account(site_db)),
            moderator=await person(await a_board_moderator(site_db, board)),
            clerk=await person(await a_staff_member(site_db, board.section_id)),
            name="東町" if scripts else "西町",
        )
    assert complaints == [], "what scripts and the content security policy had to say"


async def test_a_word_said_in_the_room_is_answered_and_the_answer_leads_back_to_it(
    town: Town, site_folder: Path, site_database: str
) -> None:
    await room.a_newcomer_reads_and_registers(town, site_folder, f"hana{town.board.id}@example.jp")
    await room.her_first_post_waits_for_a_moderator(town)
    await room.a_post_against_the_charter_is_hidden(town)
    await room.a_resident_edits_and_everybody_sees_what(town)
    await city.staff_digest_the_board(town)
    await city.staff_consult_on_a_plan(town)
    await city.a_resident_submits_formally(town)
    await city.staff_consider_what_came_in_and_what_the_room_said(town)
    await city.staff_answer_every_group(town)
    await city.the_author_follows_the_answer_back_to_her_words(town)
    await everything_can_be_verified(site_database, site_folder)


async def everything_can_be_verified(database_url: str, folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "forum", "verify"),
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "VAR_DIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
