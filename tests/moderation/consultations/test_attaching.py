"""What comes with a submission is seen by its section alone, until that publishes it with the result."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
from starlette.applications import Starlette

from forum import clock
from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.files import actions as files
from forum.files import proofs
from moderation.consultations import jobs
from moderation.consultations.actions import answering
from moderation.submissions.attachments import mismatches
from moderation.submissions.queries import attached
from tests.conftest import Login, visitor
from tests.factories import a_staff_member, a_topic, an_account
from tests.forum.files.drawing import PDF, a_photograph
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import on_day
from tests.moderation.consultations.test_bundle import unpacked
from tests.moderation.consultations.test_references import sort
from tests.moderation.consultations.test_taking_back import taken_back
from tests.pages import actions, parsed


async def test_files_are_sealed_until_the_section_publishes_them(
    db: Database, app: Starlette, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    base = f"/consultations/{procedure.id}/submissions/{taken.receipt}"
    sent = [a_photograph(), PDF]
    with on_day(11):
        for data in sent:
            answer = await client.post(f"{base}/files", files={"file": ("x", data)})
            assert answer.status_code == 303, answer.text
        for data, why in ((PDF, "もう添付"), (b"", "選んでください"), (b"MZ", "")):
            refused = await client.post(f"{base}/files", files={"file": ("x.pdf", data)})
            assert refused.status_code == 422
            assert why in refused.text
            assert {base, f"{base}/files"} < actions(parsed(refused)), "and taken back it can still be"
    picture, document = await attached.of(db, taken.id)
    with on_day(40):
        late = await client.post(f"{base}/files", files={"file": ("x", a_photograph(32, 32))})
        assert late.status_code == 403
        for address in (picture.address, document.address):
            assert (await client.get(address)).status_code == 404
        assert picture.address not in (await client.get(base)).text
        await login(client, (await a_staff_member(db)).id or 0)
        assert (await client.get(picture.address)).status_code == 404
        await answering.consider(db, procedure.clerk, procedure.id)
        assert (await client.post(f"{base}/files/{picture.file_id}/publish")).status_code == 403
        await login(client, procedure.clerk.id or 0)
        assert (await client.get(document.address)).status_code == 200
        assert (await client.post(f"{base}/files/{picture.file_id}/publish")).status_code == 303
        found = await stories.opinions(db, (await stories.the_gathered(db, procedure)).digest.id)
        await sort(db, procedure, "split", opinions=[number for number, _text in found], title="街路樹")
        (group,) = (await stories.the_gathered(db, procedure)).groups
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, stories.a_reply())
    async with visitor(app) as guest:
        assert (await guest.get(picture.address)).status_code == 404
        with on_day(50):
            await answering.publish_result(db, procedure.clerk, procedure.id)
        assert (await guest.get(picture.address)).status_code == 200
        assert (await guest.get(document.address)).status_code == 404
        results = f"/consultations/{procedure.id}/results"
        assert re.findall(r"/files/[^\"]+", (await guest.get(results)).text) == [picture.address]
        files = unpacked((await guest.get(f"{results}.zip")).content)
    (text,) = json.loads(files["originals.json"])
    assert [(each["file"], each["published"]) for each in text["attachments"]] == [
        (picture.file_sha256, True),
        (document.file_sha256, False),
    ]
    assert [line async for line in every_mismatch(db, stories.SEAL, app.state.site.storage)] == []
    assert list(mismatches([replace(picture, file_sha256=document.file_sha256)])) != []
    # With the names goes what was not published.
    with on_day(50 + 366):
        await jobs.forget_submitters(app.state.site, {})
        await swept(db, app)
        assert (await client.get(picture.address)).status_code == 200
        assert (await client.get(document.address)).status_code == 404
        assert "氏名とともに消しました" in (await client.get(base)).text
        assert await proofs.deleted(db) == {"files deleted (names_forgotten)": 1}
        assert [line async for line in every_mismatch(db, stories.SEAL, app.state.site.storage)] == []


async def swept(db: Database, app: Starlette) -> int:
    """How many files lie in the storage long after."""
    with clock.at(datetime(2100, 1, 1, tzinfo=UTC)):
        await files.sweep(db, app.state.site.storage)
        assert [line async for line in proofs.mismatches(db, app.state.site.storage)] == []
    return len([key async for key, _ in app.state.site.storage.every()])


async def test_what_is_taken_back_takes_its_files_along_unless_a_post_shows_them(
    db: Database, app: Starlette, login: Login
) -> None:
    procedure, author = await stories.announced(db), await an_account(db)
    taken = await stories.a_submission(db, procedure)
    base = f"/consultations/{procedure.id}/submissions/{taken.receipt}"
    kept, lost = a_photograph(), a_photograph(32, 32)
    async with visitor(app) as client:
        await login(client, author.id or 0)
        with on_day(11):
            for data in (kept, lost):
                assert (await client.post(f"{base}/files", files={"file": ("x", data)})).status_code == 303
        of_post, of_none = await attached.of(db, taken.id)
        await a_topic(db, author, body=f"![池]({of_post.address})")
        await taken_back(db, procedure, taken.receipt)
        assert (await client.get(of_post.address)).status_code == 200
        assert (await client.get(of_none.address)).status_code == 404
        assert await swept(db, app) == 1
        # The same picture once more is another file, and is whole.
        await client.post("/files", data={"alt": "池"}, files={"file": ("x", lost)})
        assert (await client.get(of_none.address)).status_code == 200
