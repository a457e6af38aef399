"""The categories in which a city answers: added, retired, never renamed."""

import httpx
import pytest

from forum.access import Role
from forum.db import Database
from forum.errors import Forbidden, Invalid
from moderation.consultations import verifying
from moderation.consultations.actions import answering, categorising
from moderation.consultations.queries import answers
from moderation.consultations.rules.categories import NewCategory
from tests.conftest import Login
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import on_day

TYPED = {"code": "partly", "label": "一部反映", "label_en": "Partly", "label_plain": "一部を計画に入れます"}


async def codes(db: Database, *, retired: bool = False) -> list[str]:
    return [category.code for category in await answers.categories(db) if category.retired == retired]


async def test_a_new_category_can_be_answered_with(db: Database) -> None:
    administrator = await an_account(db, Role.ADMINISTRATOR)
    new = NewCategory.model_validate(TYPED | {"requires_diff": "on"})
    await categorising.add(db, administrator, new)
    assert (await codes(db))[-1] == "partly"
    with pytest.raises(Invalid) as refused:
        await categorising.add(db, administrator, new)
    assert refused.value.fields.keys() == {"code", "label"}
    procedure = await stories.considered(db)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    with on_day(41):
        reply = stories.a_reply(category="partly")
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, reply)
        await answering.publish_result(db, procedure.clerk, procedure.id)
    assert [line async for line in verifying.mismatches(db)] == []


async def test_a_retired_category_stays_with_its_answers_and_is_offered_no_more(db: Database) -> None:
    administrator, procedure = await an_account(db, Role.ADMINISTRATOR), await stories.answered(db)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    for code in ("revised", "reference"):
        await categorising.retire(db, administrator, code)
    assert await codes(db, retired=True) == ["revised", "reference"]
    with on_day(42):
        again = stories.a_reply(number=1, body="書きなおしました。")
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, again)
        other = stories.a_reply(number=2, category="reference")
        with pytest.raises(Invalid):
            await answering.answer(db, procedure.clerk, procedure.id, group.row.id, other)
    await categorising.retire(db, administrator, "reference", back=True)
    assert "reference" in await codes(db)


async def test_one_category_is_always_left(db: Database) -> None:
    administrator = await an_account(db, Role.ADMINISTRATOR)
    *others, last = await codes(db)
    for code in others:
        await categorising.retire(db, administrator, code)
    with pytest.raises(Forbidden):
        await categorising.retire(db, administrator, last)


async def test_everybody_reads_them_and_the_administrator_changes_them(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    page = await client.get("/consultations/categories")
    assert "これからの仕事の参考にします" in page.text
    assert '<form class="form' not in page.text
    await login(client, (await an_account(db, Role.ADMINISTRATOR)).id or 0)
    wrong = await client.post("/consultations/categories", data=TYPED | {"code": "一部"})
    assert wrong.status_code == 422
    assert "英小文字と _ で" in wrong.text
    assert 'value="一部反映"' in wrong.text
    await client.post("/consultations/categories", data=TYPED)
    await client.post("/consultations/categories/partly/retire")
    assert "使っていません" in (await client.get("/consultations/categories")).text
    assert (await client.post("/consultations/categories/nothing/retire")).status_code == 404
