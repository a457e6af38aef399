"""A pile of paper: entered as a table, or one after the other without typing twice what they share; many points, one answer."""

import httpx
import pytest

from forum.db import Database
from forum.errors import Conflict, Invalid
from moderation.consultations.actions.answering_several import answer_several
from moderation.consultations.queries import received
from moderation.consultations.rules.notice import meant_by
from moderation.consultations.rules.reply import CommonReply
from moderation.consultations.web.papers import next_number
from moderation.submissions.headings import columns_in, empty_table
from moderation.submissions.reading import Columns, Unreadable
from tests.conftest import Login
from tests.factories import a_staff_member
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import on_day
from tests.moderation.consultations.test_references import group_of, groups_of, say, three_groups
from tests.pages import actions, parsed, values

HEADS = "整理番号,意見,受付方法,受付日時,氏名,住所,団体名,該当箇所"
GOOD = f"""{HEADS}
1,木を残して。,郵送,2026-04-20,見本 花,仮名町1,,２
2,道を直して。,FAX,2026/4/21,見本 進,仮名町2,,第2章
3,川も。,持参,2026-04-22,,,,
"""


def test_columns_are_known_by_their_heads() -> None:
    assert empty_table().decode("utf-8-sig").strip() == HEADS
    assert columns_in("ご意見,受付日\n".encode("cp932")) == Columns("ご意見", received="受付日")
    with pytest.raises(Unreadable, match="「意見」"):
        columns_in(b"a,b\n")


def test_a_section_is_meant_by_what_means_it_alone() -> None:
    meant = meant_by(["第1章 みどり", "その他 道", "その他 川", "２"])
    assert meant == {"1": 1, "第1章 みどり": 1, "第1章": 1, "その他 道": 2, "3": 3, "その他 川": 3, "4": 4}
    assert meant_by([" "])["1"] == 1, "as plans were kept that began a section with nothing"


async def test_nothing_was_received_before_anybody_knew_of_the_plan(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    """A slip of the pen in the year would else be in time, and of the first version of the plan."""
    procedure = await stories.announced(db)
    address, said = f"/consultations/{procedure.id}/papers", "受付日時が、意見募集を知らせた日より前です。"
    paper = {"body": "木を残して。", "channel": "post"}
    first = "2026-04-01"  # when it was announced
    await login(client, procedure.clerk.id or 0)
    with on_day(35):
        refused = await client.post(address, data=paper | {"received_at": "2025-04-20T10:00"})
        assert (refused.status_code, said in refused.text) == (422, True)
        assert (await client.post(address, data=paper | {"received_at": f"{first}T00:00"})).status_code == 303
        table = GOOD.replace("2026-04-22", "2026-03-31")
        refused = await client.post(f"{address}/table", files={"table": ("a.csv", table.encode())})
        assert (refused.status_code, f"4行目: {said}" in refused.text) == (422, True)
        good = await client.post(
            f"{address}/table", files={"table": ("a.csv", GOOD.replace("2026-04-22", first).encode())}
        )
        assert good.status_code == 303


async def test_a_table_is_taken_in_whole_or_not_at_all(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    address = f"/consultations/{procedure.id}/papers/table"
    await login(client, procedure.clerk.id or 0)
    with on_day(35):
        assert HEADS in (await client.get(f"{address}.csv")).content.decode("utf-8-sig")
        for content, why in (
            (GOOD + "4,,郵送,2026-04-20,,,\n", "5行目"),
            (GOOD.replace("２", "第9章"), "2行目: 「第9章」という箇所は"),
            (GOOD.replace("2026-04-20", ""), "受付日時がありません"),
            (GOOD.replace("2026-04-20", "0001-01-01"), "日時を確かめてください。"),
            ("", "CSVのファイルを選んでください"),
            ('"' + GOOD + "木" * 200_000, "CSVの形が崩れています"),
            ("comment-id,comment-body\n1,木\n2," + "木" * 200_000, "3行目: CSVの形が崩れています"),
        ):
            refused = await client.post(address, files={"table": ("t.csv", content.encode("cp932"))})
            assert refused.status_code == 422
            assert why in refused.text
        assert await received.arrivals(db, procedure.id) == []
        taken = await client.post(address, files={"table": ("t.csv", GOOD.encode("cp932"))})
        assert taken.headers["location"] == f"/consultations/{procedure.id}/desk"
        await login(client, (await a_staff_member(db)).id or 0)
        stranger = await client.post(address, files={"table": ("t.csv", GOOD.encode())})
        assert stranger.status_code == 403
    assert {arrival.channel: arrival.texts for arrival in await received.arrivals(db, procedure.id)} == {
        "post": 1,
        "fax": 1,
        "counter": 1,
    }
    about = await db.rows(
        "select p.position from submissions s left join plan_sections p on p.id = s.plan_section_id order by s.source_ref"
    )
    assert [row["position"] for row in about] == [2, 2, None]


async def test_a_table_is_asked_for_while_it_may_be_taken_in(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    """What came late is entered one by one, with what becomes of it."""
    procedure = await stories.announced(db)
    await login(client, procedure.clerk.id or 0)
    address = f"/consultations/{procedure.id}/papers"
    for day, asked in ((5, True), (35, True), (41, False)):
        if day == 41:
            await stories.considered(db, procedure=procedure)
        with on_day(day):
            page = parsed(await client.get(address))
            assert (f"{address}/table" in actions(page), address in actions(page)) == (asked, True), day
            if not asked:
                refused = await client.post(f"{address}/table", files={"table": ("t.csv", GOOD.encode())})
                assert refused.status_code == 403


async def test_the_next_paper_comes_the_same_way(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    await login(client, procedure.clerk.id or 0)
    paper = {"body": "木を残して。", "channel": "fax", "received_at": "2026-04-20T10:00", "source_ref": "A-7"}
    with on_day(20):
        assert 'value="2026-04-21T09:00"' in (await client.get(f"/consultations/{procedure.id}/papers")).text
    with on_day(35):
        assert "2026-05-06T" not in (await client.get(f"/consultations/{procedure.id}/papers")).text
        sent = await client.post(f"/consultations/{procedure.id}/papers", data=paper)
        page = (await client.get(sent.headers["location"])).text
    assert 'value="2026-04-20T10:00"' in page
    assert 'value="A-8"' in page
    assert 'value="fax" required checked' in page


@pytest.mark.parametrize(
    ("ref", "following"),
    [
        ("11", "12"),
        ("A-009", "A-010"),
        ("1999999999", "2000000000"),
        ("令和8-3", "令和8-4"),
        ("見本", ""),
        ("", ""),
    ],
)
def test_a_pile_is_numbered_through(ref: str, following: str) -> None:
    assert next_number(ref) == following


def common(*groups: int, **changes: object) -> CommonReply:
    values = {"groups": groups, "category": "reference", "body": "今後の参考とします。"}
    return CommonReply.model_validate(values | changes)


async def test_one_answer_is_given_to_many_points(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await three_groups(db)
    with on_day(41):
        await say(db, procedure, "街路樹", "残します。")
        answered, others = await group_of(db, procedure, "街路樹"), await groups_of(db, procedure)
        with pytest.raises(Conflict):
            await answer_several(db, procedure.clerk, procedure.id, common(answered.row.id))
        for wrong in (common(), common(10**12), common(others[0].row.id, 10**12)):
            with pytest.raises(Invalid):
                await answer_several(db, procedure.clerk, procedure.id, wrong)
        await login(client, procedure.clerk.id or 0)
        bench = f"/consultations/{procedure.id}/answers"
        everything = await client.get(bench)
        assert "同じ市の考え方を付ける" in everything.text
        assert "日陰になるので残してほしい" in everything.text, "what is to be answered, not only its title"
        only_gaps = await client.get(f"{bench}?show=open")
        for page, shown in ((everything, True), (only_gaps, False)):
            assert (f'href="{bench}/{answered.row.id}"' in page.text) is shown
        alone = {"groups": others[0].row.id, "category": "", "body": "同じです。"}
        again = await client.post(f"{bench}/several?show=open", data=alone)
        assert f'href="{bench}/{answered.row.id}"' not in again.text, "as one was looking at it"
        form = {"everything": "on", "category": "reference", "body": f"{{No.{answered.number}}}と同じです。"}
        assert (await client.post(f"{bench}/several", data=form)).status_code == 303
    assert [group.answering.body for group in await groups_of(db, procedure)] == [
        "残します。" if group.row.title == "街路樹" else f"No.{answered.number}と同じです。"
        for group in others
    ]


async def test_one_answer_for_many_points_is_given_back_when_colleagues_answered_them(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await three_groups(db)
    await login(client, procedure.clerk.id or 0)
    bench = f"/consultations/{procedure.id}/answers"
    with on_day(41):
        groups = await groups_of(db, procedure)
        typed = {"groups": str(groups[0].row.id), "category": "reference", "body": "長く考えた言葉"}
        for count, group in enumerate(groups, 1):
            await say(db, procedure, group.row.title, "残します。")
            refused = await client.post(f"{bench}/several", data=typed)
            assert refused.status_code == 409
            assert values(parsed(refused))["body"] == "長く考えた言葉", f"{count} of {len(groups)}"
        assert "いくつかの論点に" not in (await client.get(bench)).text, "nothing is left to be answered"
