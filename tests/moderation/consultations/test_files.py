"""The section adds files to a plan; whoever may see the procedure may have them."""

import httpx

from forum.db import Database
from moderation.consultations.actions import following, running
from tests.conftest import Login
from tests.factories import an_account
from tests.forum.files.drawing import PDF
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, on_day
from tests.moderation.consultations.test_followers import told
from tests.pages import actions, links, parsed, problems


async def test_a_file_is_seen_with_its_procedure(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure, reader = await stories.prepared(db), await an_account(db)
    await following.follow(db, reader, None, wanted=True)
    here = f"/consultations/{procedure.id}"
    sent = {"file": ("図面.pdf", PDF, "application/pdf")}
    assert (await client.post(f"{here}/files", files=sent)).status_code == 404
    await login(client, procedure.clerk.id or 0)
    with on_day(0.4):
        assert problems(parsed(await client.post(f"{here}/files"))).keys() == {"file"}
        wrong = await client.post(f"{here}/files", files={"file": ("図面.pdf", b"MZ", "application/pdf")})
        assert problems(parsed(wrong)).keys() == {"file"}
        done = await client.post(f"{here}/files", files=sent)
        assert done.headers["location"] == f"{here}/desk"
        desk = await client.get(f"{here}/desk")
    assert "図面.pdf" in desk.text
    (address,) = {link for link in links(parsed(desk)) if link.startswith("/files/")}
    client.cookies.clear()
    assert await told(db, reader.id) == [], "nobody else knows of the procedure"
    assert (await client.get(address)).status_code == 404
    with on_day(0.5):
        await running.announce(db, procedure.clerk, procedure.id, TOKYO)
    assert address in links(parsed(await client.get(here)))
    assert (await client.get(address)).content == PDF
    await login(client, procedure.clerk.id or 0)
    with on_day(2):
        another = {"file": ("立面図.pdf", PDF + b"\n", "application/pdf")}
        for _pressed_twice in range(2):
            assert (await client.post(f"{here}/files", files=another)).status_code == 303
        assert (await client.get(here)).text.count("立面図.pdf") == 1
        assert await told(db, reader.id) == ["announce", "file"]
    with on_day(40):
        assert (await client.post(f"{here}/files", files=sent)).status_code == 403


async def test_a_refused_file_leaves_the_other_forms_of_the_desk_where_they_go(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    await login(client, procedure.clerk.id or 0)
    here = f"/consultations/{procedure.id}"
    for day in (0.5, 5):
        with on_day(day):
            refused = parsed(await client.post(f"{here}/files"))
            asked = parsed(await client.get(f"{here}/desk"))
        assert problems(refused).keys() == {"file"}
        assert actions(refused) == actions(asked) > {f"{here}/desk", f"{here}/files"}
