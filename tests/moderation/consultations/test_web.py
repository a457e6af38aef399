"""The pages of public comment over HTTP, as residents and staff meet them."""

import io
import re
from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy
from zipfile import ZipFile

import httpx
import pytest
from docx import Document
from openpyxl import load_workbook
from starlette.applications import Starlette

from forum import clock
from forum.db import Database
from forum.i18n import in_locale
from moderation.consultations import jobs, verifying
from moderation.consultations.actions import answering, changing, reporting, running, translating
from moderation.consultations.gathering import gather
from moderation.consultations.rules.progress import NewReport
from moderation.consultations.rules.variants import NewVariant
from moderation.digests import actions as digests
from moderation.digests import rules as digest_rules
from moderation.digests.rules import WITHHELD
from moderation.submissions.jobs import submission_receipt
from tests.conftest import Login
from tests.factories import a_staff_member, a_topic, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import Procedure, on_day
from tests.moderation.digests.desk import a_plan
from tests.pages import links, parsed, values

Get = Callable[[str], Awaitable[httpx.Response]]
FORM = {
    "body": "街路樹を守ってください。",
    "name": stories.NAME,
    "address": stories.ADDRESS,
    "organisation": stories.GROUP_NAME,
    "email": stories.EMAIL,
    "standing": "lives",
}


def address(procedure: Procedure, rest: str = "") -> str:
    return f"/consultations/{procedure.id}{rest}"


async def test_the_list_tells_what_is_open_and_what_is_answered(
    db: Database, client: httpx.AsyncClient
) -> None:
    await stories.announced(db)
    await stories.published(db)
    await stories.prepared(db, title="まだ秘密の計画")
    with on_day(5):
        page = (await client.get("/consultations")).text
    assert "募集中" in page
    assert "結果公表済み" in page
    assert "まだ秘密の計画" not in page


async def test_nothing_leads_to_the_bench_while_there_is_no_digest(
    db: Database, client: httpx.AsyncClient, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure)
    await login(client, procedure.clerk.id or 0)
    monkeypatch.setattr(digest_rules, "TEXTS_AT_ONCE", 0)
    with on_day(40):
        digest_id = await answering.consider(db, procedure.clerk, procedure.id)
        await digests.cancel(db, procedure.clerk, digest_id)
        await digests.compile_in_background(db, digest_id)
        page = parsed(await client.get(address(procedure, "/desk")))
        assert f"/digests/new?consultation={procedure.id}" in links(page)
        for link in links(page):
            if link.startswith(address(procedure)):
                assert (await client.get(link)).status_code == 200, link
        await digests.start(db, procedure.clerk, a_plan(consultation_id=procedure.id), stories.TOKYO)
        assert address(procedure, "/answers") in links(parsed(await client.get(address(procedure))))


async def test_the_plan_is_read_as_a_document_with_anchors(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.announced(db)
    with on_day(5):
        page = (await client.get(address(procedure))).text
    assert 'id="section-2"' in page
    assert 'href="#section-2"' in page
    assert "意見を提出する" in page


async def test_an_opinion_starts_from_a_passage_of_the_plan(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.announced(db)
    form = address(procedure, "/submissions")
    with on_day(5):
        page = (await client.get(address(procedure))).text
        assert f'href="{form}?section=2&amp;passage=1"' in page
        quoting = (await client.get(form + "?section=2&passage=1")).text
        whole = (await client.get(form + "?section=1")).text
        for unknown in ("?section=3", "?section=x", "?section=1&passage=2"):
            assert (await client.get(form + unknown)).status_code == 404
        only_quoted = await client.post(form, data=FORM | {"body": "> 道路を広げる。", "do": "preview"})
    assert "&gt; 道路を広げる。" in quoting
    assert re.search(r"<option value=\"\d+\" selected>第2章 道", quoting)
    assert re.search(r"<option value=\"\d+\" selected>第1章 みどり", whole)
    assert "引用の下に、あなたの意見を書いてください。" in only_quoted.text
    with on_day(40):
        assert "passage=1" not in (await client.get(address(procedure))).text


async def test_the_quoted_passage_is_no_opinion(db: Database) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure, body="> 道路を広げる。\n\n歩道を広くしてください。")
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
    gathered = await gather(db, procedure.id)
    assert gathered is not None
    assert (gathered.ledger.opinions.received, gathered.ledger.quotes) == (1, 1)


async def test_staff_explain_it_in_plain_language(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.prepared(db, plain_summary="木（き）の 計画（けいかく）です。")
    with on_day(0.5):
        await running.announce(db, procedure.clerk, procedure.id, stories.TOKYO)
    page = (await client.get(address(procedure))).text
    assert "やさしい日本語" in page
    assert "木（き）の 計画（けいかく）です。" in page


async def test_a_plain_summary_is_kept_back_once_the_summary_says_something_else(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    plain = "木（き）の 計画（けいかく）です。"
    procedure = await stories.prepared(db, plain_summary=plain)
    await login(client, procedure.clerk.id or 0)

    async def saved(version: int, **changes: object) -> str:
        notice = stories.a_notice(procedure.clerk, **{"plain_summary": plain, **changes})
        with on_day(0):
            await running.edit(db, procedure.clerk, procedure.id, notice, version, stories.TOKYO)
        return (await client.get(address(procedure))).text

    assert plain in await saved(1, title="別の名前")
    assert plain not in await saved(2, summary="広場の計画です。")
    for page in ("/edit", "/desk"):
        assert "趣旨を直す前のもの" in (await client.get(address(procedure, page))).text
    assert plain not in await saved(3, summary="広場の計画です。")
    assert plain in await saved(4, summary="広場の計画です。", plain_fits="on")
    assert "趣旨を直す前のもの" not in (await client.get(address(procedure, "/edit"))).text
    again = await saved(5, summary="川の計画です。", plain_summary="川（かわ）の 計画です。")
    assert "川（かわ）の 計画です。" in again


async def test_a_refused_edit_keeps_the_version_that_somebody_began_with(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.prepared(db)
    await login(client, procedure.clerk.id or 0)
    typed = values(parsed(await client.get(address(procedure, "/edit"))))
    with on_day(0):
        await running.edit(
            db, procedure.clerk, procedure.id, stories.a_notice(procedure.clerk), 1, stories.TOKYO
        )
    refused = await client.post(address(procedure, "/edit"), data=typed | {"title": ""})
    assert refused.status_code == 422
    assert values(parsed(refused))["version"] == "1"
    conflict = await client.post(address(procedure, "/edit"), data=typed)
    assert (conflict.status_code, values(parsed(conflict))["version"]) == (409, "2")


async def test_what_is_prepared_does_not_exist_for_others(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.prepared(db)
    for rest in ("", "/submissions", "/results", "/results.json", "/desk", "/answers"):
        assert (await client.get(address(procedure, rest))).status_code == 404
    await login(client, (await a_staff_member(db)).id or 0)
    assert (await client.get(address(procedure, "/desk"))).status_code == 404
    await login(client, procedure.clerk.id or 0)
    assert (await client.get(address(procedure, "/desk"))).status_code == 200


async def test_submitting_shows_what_will_be_public_and_hands_out_a_receipt(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    with on_day(5):
        preview = await client.post(address(procedure, "/submissions"), data=FORM | {"do": "preview"})
        assert preview.status_code == 200
        assert "公表される内容" in preview.text
        back = await client.post(address(procedure, "/submissions"), data=FORM | {"do": "back"})
        assert 'value="貫井 花代"' in back.text
        sent = await client.post(address(procedure, "/submissions"), data=FORM | {"do": "send"})
        receipt = await client.get(sent.headers["location"])
    number = sent.headers["location"].rsplit("/", 1)[-1]
    assert number in receipt.text
    assert re.search(r"\b[0-9a-f]{64}\b", receipt.text)
    assert FORM["body"] not in receipt.text
    jobs = await db.rows("select entrypoint from pgqueuer where entrypoint = 'submission_receipt'")
    assert len(jobs) == 1


async def test_whoever_presses_twice_submits_once(db: Database, client: httpx.AsyncClient) -> None:
    """On a slow line the first press shows nothing for a while. It would be counted as two, with two receipts."""
    procedure, other = await stories.announced(db), await stories.announced(db)

    async def looked_at(**changes: str) -> dict[str, str]:
        preview = await client.post(
            address(procedure, "/submissions"), data=FORM | changes | {"do": "preview"}
        )
        return values(parsed(preview)) | FORM | changes | {"do": "send"}

    async def sent(form: dict[str, str], to: Procedure = procedure) -> str:
        return (await client.post(address(to, "/submissions"), data=form)).headers["location"]

    with on_day(5):
        form = await looked_at()
        receipt = await sent(form)
        assert await sent(form) == receipt
    # Who looks at it again and sends it, or puts an address right; and a number that was made for another form, or by nobody.
    with on_day(6):
        others = [
            await sent(await looked_at()),
            await sent(form | {"address": "別の町"}),
            await sent(form, to=other),
            await sent(form | {"once": "forged"}),
        ]
    assert len({receipt, *others}) == 5
    assert await db.value("select count(*) from submissions") == 5
    assert await db.value("select count(*) from pgqueuer where entrypoint = 'submission_receipt'") == 5


async def test_whoever_submits_in_english_is_written_to_in_english(
    db: Database, app: Starlette, client: httpx.AsyncClient
) -> None:
    """The receipt and the news; what a clerk copies from paper is answered in Japanese, whatever the clerk reads."""
    procedure = await stories.announced(db)
    client.cookies.set("locale", "en")
    with on_day(5):
        await client.post(address(procedure, "/submissions"), data=FORM | {"do": "send"})
        with in_locale("en"):
            await stories.a_paper(db, procedure, "木を残して。", email="paper@example.jp")
    news = {"title": "みどり", "act": "soon", "closes_at": "2026-05-04T00:00:00+00:00", "reason": ""}
    for number in [row["id"] for row in await db.rows("select id from submissions order by id")]:
        await submission_receipt(app.state.site, {"submission_id": number})
        told = {"submission_id": number, "consultation_id": procedure.id, "news": news, "person": True}
        await jobs.submitter_mail(app.state.site, told)
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (app.state.site.settings.var_dir / "mail").iterdir()
    ]
    said = sorted(
        (mail["to"], "受付番号" in mail.get_content() or "締め切り" in mail.get_content()) for mail in mails
    )
    assert said == [(stories.EMAIL, False)] * 2 + [("paper@example.jp", True)] * 2


async def test_the_form_says_for_what_an_address_is_used(db: Database, client: httpx.AsyncClient) -> None:
    """Changes, results and reports are mailed to it as well, as tests of those say."""
    procedure = await stories.announced(db)
    with on_day(5):
        form = (await client.get(address(procedure, "/submissions"))).text
        client.cookies.set("locale", "en")
        english = (await client.get(address(procedure, "/submissions"))).text
    assert (
        "受付番号をメールで送ります。ログインしていない人には、手続の変更や結果もメールで知らせます。" in form
    )
    assert "the receipt number and, unless you are logged in, news such as changes and the result." in english


async def test_a_period_of_one_day_and_a_look_at_a_name_are_called_so_in_english(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    with on_day(1.1):
        await changing.close(db, procedure.clerk, procedure.id, "急ぐため")
    await login(client, procedure.clerk.id or 0)
    client.cookies.set("locale", "en")
    assert "(1 day)" in (await client.get(address(procedure))).text
    look = (await client.get(address(procedure, f"/submissions/{taken.receipt}/person"))).text
    assert "Record it and look" in look
    assert "the words" not in look


async def test_a_mistake_in_the_form_loses_nothing(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.announced(db)
    typed = FORM | {"name": "", "email": "だれか", "body": "長い意見", "do": "preview"}
    with on_day(5):
        page = await client.post(address(procedure, "/submissions"), data=typed)
    assert page.status_code == 422
    assert "長い意見" in page.text
    assert stories.ADDRESS in page.text
    assert page.text.count('class="error"') == 2


async def test_words_typed_while_the_period_ended_are_given_back(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    with on_day(34):
        page = await client.post(address(procedure, "/submissions"), data=FORM | {"do": "send"})
        form = await client.get(address(procedure, "/submissions"))
    assert page.status_code == 403
    assert FORM["body"] in page.text
    assert "いまは意見を募集していません。" in form.text
    assert "<textarea" not in form.text


async def test_what_a_clerk_typed_while_its_time_ended_is_given_back(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    await login(client, procedure.clerk.id or 0)

    async def typed(day: float, form: str) -> dict[str, str]:
        with on_day(day):
            return values(parsed(await client.get(address(procedure, form))))

    async def refused(day: float, form: str, fields: dict[str, str]) -> None:
        with on_day(day):
            page = await client.post(address(procedure, form), data=fields)
            assert (await client.get(address(procedure, form))).status_code == 403
        assert page.status_code == 403
        assert "長く考えた言葉" in values(parsed(page)).values(), form
        assert 'role="alert"' in page.text

    edited, corrected = await typed(0.5, "/edit"), await typed(5, "/correct")
    paper = await typed(5, "/papers")
    await refused(5, "/edit", edited | {"summary": "長く考えた言葉"})
    await refused(34, "/correct", corrected | {"reason": "長く考えた言葉"})
    extended = {"do": "extend", "closes_at": "2026-06-01T09:00", "extended_because": "長く考えた言葉"}
    with on_day(34):
        page = await client.post(address(procedure, "/desk"), data=extended)
    assert (page.status_code, values(parsed(page))["extended_because"]) == (403, "長く考えた言葉")
    await stories.published(db, procedure=procedure)
    await refused(51, "/papers", paper | {"body": "長く考えた言葉"})


async def test_too_many_submissions_at_once_wait(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.announced(db)
    with on_day(5):
        sent = [
            await client.post(address(procedure, "/submissions"), data=FORM | {"do": "send"})
            for _ in range(6)
        ]
    assert [response.status_code for response in sent] == [303] * 5 + [429]
    assert FORM["body"] in sent[-1].text


async def test_the_form_starts_with_the_words_of_the_own_post(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    author, procedure = await an_account(db), await stories.announced(db)
    post, foreign = await a_topic(db, author, body="わたしの**投稿**"), await a_topic(db)
    with on_day(5):
        guest = await client.get(address(procedure, f"/submissions?post={post.id}"))
        assert guest.headers["location"].startswith("/login")
        await login(client, author.id or 0)
        offered = links(parsed(await client.get(address(procedure, "/submissions"))))
        assert [link for link in offered if "post=" in link] == [f"?post={post.id}"]
        page = await client.get(address(procedure, f"/submissions?post={post.id}"))
        assert (await client.get(address(procedure, f"/submissions?post={foreign.id}"))).status_code == 404
    assert "わたしの**投稿**" in page.text
    assert f'name="post_id" value="{post.id}"' in page.text


async def test_results_have_no_number_before_they_are_published(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.answered(db)
    with on_day(45):
        page = await client.get(address(procedure, "/results"))
        data = (await client.get(address(procedure, "/results.json"))).json()
        files = [await client.get(address(procedure, f"/results.{kind}")) for kind in ("docx", "xlsx", "csv")]
    assert "結果はまだ公表していません。" in page.text
    assert (data["state"], data["received"], data["groups"]) == ("considering", None, None)
    assert [file.status_code for file in files] == [404, 404, 404]


async def test_the_section_looks_at_its_result_before_everybody_does(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.answered(db)
    await login(client, procedure.clerk.id or 0)
    with on_day(45):
        page = await client.get(address(procedure, "/results"))
        draft = await client.get(address(procedure, "/results.docx"))
    assert "公表前の案です。" in page.text
    assert "公表前の案" in [paragraph.text for paragraph in Document(io.BytesIO(draft.content)).paragraphs]


async def test_a_refused_form_still_knows_which_version_its_clerk_saw(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.answered(db)
    await login(client, procedure.clerk.id or 0)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    bench = address(procedure, f"/answers/{group.row.id}")

    async def meets(form: str, wrong: dict[str, str], newest: str) -> None:
        """A colleague was faster meanwhile: a mistake that is mended is no agreement to write over their words."""
        refused = await client.post(form, data=wrong)
        assert refused.status_code == 422
        fields = values(parsed(refused)) | {"body": "わたしの言葉"}
        conflict = await client.post(form, data=fields)
        assert (conflict.status_code, values(parsed(conflict))["number"]) == (409, newest), form
        assert (await client.post(form, data=values(parsed(conflict)))).status_code == 303

    with on_day(42):
        typed = values(parsed(await client.get(bench))) | {"category": "revised"}
        reply = stories.a_reply(number=1, body="同僚の言葉")
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, reply)
        await meets(bench, typed | {"body": ""}, "2")
        english = f"{bench}/variants/en"
        typed = values(parsed(await client.get(english)))
        new = NewVariant.model_validate({"number": 0, "language": "en", "body": "A colleague's"})
        await translating.translate(db, procedure.clerk, procedure.id, group.row.id, new)
        await meets(english, typed | {"body": ""}, "1")
    with on_day(50):
        await answering.publish_result(db, procedure.clerk, procedure.id)
    point = address(procedure, "/results/groups/1")
    with on_day(60):
        typed = values(parsed(await client.get(point))) | {"status": "done", "year": "2026"}
        done = NewReport.model_validate({"number": 0, "status": "done", "year": 2026, "body": "同僚の報告"})
        await reporting.report(db, procedure.clerk, procedure.id, 1, done)
        await meets(f"{point}/progress", typed | {"body": ""}, "1")


async def test_the_clerk_sees_the_difference_and_whether_the_draft_says_so(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.answered(db)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    await login(client, procedure.clerk.id or 0)
    place, misquoted = address(procedure, f"/answers/{group.row.id}"), "計画案に見あたりません"
    with on_day(42):
        page = (await client.get(place)).text
        assert "<del>整理する</del>" in page
        assert misquoted not in page
        typed = {**stories.a_reply(number=1).model_dump(), "plan_before": "", "plan_after": "木を植える。"}
        await client.post(place, data=typed)
        assert "（なし）" in (await client.get(place)).text
        await client.post(place, data={**typed, "number": 2, "plan_before": "木を切る。"})
        assert misquoted in (await client.get(place)).text


async def test_the_published_result_shows_counts_answers_and_changes(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.published(db)
    page = (await client.get(address(procedure, "/results"))).text
    assert "受付3件 ＝ 掲載1件 ＋ 集約1件 ＋ 対象外1件" in page
    assert "件数は賛否の票数ではありません" in page
    assert 'id="group-1"' in page
    assert f'href="{address(procedure)}#section-1">第1章 みどり</a>' in page
    assert "<del>整理する</del>" in page
    assert "計画の対象外" in page
    group = (await client.get(address(procedure, "/results/groups/1"))).text
    assert "街路樹は日陰になるので残してほしい。" in group
    assert (await client.get(address(procedure, "/results/groups/2"))).status_code == 404
    aside = (await client.get(address(procedure, "/results/set-aside"))).text
    assert "市長によろしく。" in aside


async def test_words_set_aside_for_what_they_contain_are_shown_nowhere(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.answered(db)
    gathered = await gather(db, procedure.id)
    assert gathered is not None
    (aside,) = gathered.set_aside
    with on_day(45):
        number = gathered.digest.id
        await stories.sort_aside(db, procedure, number, [aside.id], reason=WITHHELD[0])
        await answering.publish_result(db, procedure.clerk, procedure.id)
    rests = ("/results/set-aside", "/results.json", "/results.csv", "/results.zip")
    places = [*(address(procedure, rest) for rest in rests), f"/digests/{number}/set-aside"]
    for place in (*places, f"/digests/{number}.json", f"/verify?hash={aside.sha256}"):
        response = await client.get(place)
        assert response.status_code == 200, place
        assert "市長によろしく" not in readable(response, place), place
    assert WITHHELD[0] in (await client.get(places[0])).text
    assert [line async for line in verifying.mismatches(db)] == []


async def test_the_result_comes_as_files(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.published(db)
    word = await client.get(address(procedure, "/results.docx"))
    assert len(Document(io.BytesIO(word.content)).tables) == 7
    book = load_workbook(io.BytesIO((await client.get(address(procedure, "/results.xlsx"))).content))
    assert book.sheetnames[0] == "検討結果"
    assert (await client.get(address(procedure, "/results.csv"))).text.count("\r\n") == 4
    data = (await client.get(address(procedure, "/results.json"))).json()
    assert data["ledger"]["opinions"]["received"] == 3
    assert (await client.get(address(procedure, "/results.exe"))).status_code == 404


async def test_whoever_has_the_receipt_finds_the_answer(db: Database, client: httpx.AsyncClient) -> None:
    procedure = await stories.published(db)
    receipt = await db.value("select receipt from submissions order by id limit 1")
    page = (await client.get(address(procedure, f"/submissions/{receipt}"))).text
    assert address(procedure, "/results/groups/1") in page
    assert (await client.get(address(procedure, "/submissions/1-AAAAA-AAAAA"))).status_code == 404


async def test_staff_prepare_announce_and_end_without_scripts(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    clerk = await a_staff_member(db)
    await login(client, clerk.id or 0)
    with on_day(0):
        notice = stories.a_notice(clerk).model_dump(mode="json") | {"result_due": ""}
        short = notice | {"closes_at": "2026-04-12T09:00"}
        refused = await client.post("/consultations/new", data=short)
        assert refused.status_code == 422
        assert "30日より短くする理由を書いてください。" in refused.text
        assert "街路樹を整理する。" in refused.text
        created = await client.post("/consultations/new", data=notice)
        desk = created.headers["location"]
        assert "予告する" in (await client.get(desk)).text
        assert (await client.post(desk, data={"do": "announce"})).status_code == 303
        refused = await client.post(desk, data={"do": "withdraw", "reason": ""})
        assert refused.status_code == 422
        assert (
            await client.post(desk, data={"do": "withdraw", "reason": "作りなおすため"})
        ).status_code == 303
    public = await client.get(desk.removesuffix("/desk"))
    assert "作りなおすため" in public.text


async def test_a_stale_draft_is_shown_beside_the_newer_one(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.prepared(db)
    await login(client, procedure.clerk.id or 0)
    notice = stories.a_notice(procedure.clerk).model_dump(mode="json") | {"result_due": "", "version": "1"}
    with on_day(0):
        await client.post(address(procedure, "/edit"), data=notice | {"plan": "# 新しい章\n\n先に保存"})
        page = await client.post(address(procedure, "/edit"), data=notice | {"plan": "# わたしの章\n\nあと"})
    assert page.status_code == 409
    assert "先に保存" in page.text
    assert "わたしの章" in page.text
    assert 'name="version" value="2"' in page.text


async def test_residents_do_not_reach_the_desk(db: Database, client: httpx.AsyncClient, login: Login) -> None:
    procedure = await stories.announced(db)
    await login(client, (await an_account(db)).id or 0)
    for rest in ("/desk", "/papers", "/edit", "/answers"):
        assert (await client.get(address(procedure, rest))).status_code == 403
    assert (await client.get("/consultations/new")).status_code == 403


async def test_papers_are_entered_one_after_the_other(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    await login(client, procedure.clerk.id or 0)
    paper = {
        "channel": "fax",
        "received_at": "2026-04-05T10:00",
        "body": "ファクスの意見",
        "source_ref": "F-1",
    }
    with on_day(6):
        assert (await client.post(address(procedure, "/papers"), data=paper)).status_code == 303
        again = await client.post(address(procedure, "/papers"), data=paper)
        assert again.status_code == 422
        assert "この整理番号はすでに使われています。" in again.text
        bad = await client.post(address(procedure, "/papers"), data=paper | {"channel": "web"})
        assert bad.status_code == 422


async def test_the_desk_leads_through_the_discussion_to_the_bench_and_back(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure)
    await login(client, procedure.clerk.id or 0)
    begins = f"/digests/new?consultation={procedure.id}"
    with on_day(40):
        assert begins in (await client.get(address(procedure, "/desk"))).text
        asked = values(parsed(await client.get(begins)))
        assert asked["title"] == "みどりの計画（案）"
        assert asked["consultation_id"] == str(procedure.id)
        assert (asked["first_day"], asked["last_day"]) == ("2026-04-02", "2026-05-11"), "of the whole period"
        bench = (await client.post("/digests/new", data=asked)).headers["location"]
        back = address(procedure, "/desk")
        pages = [bench, *(bench.replace("/edit", rest) for rest in ("/publish", "/objections"))]
        for page in pages:
            assert back in links(parsed(await client.get(page)))
        desk = (await client.get(back)).text
        assert begins not in desk
        assert "意見を整理する" in desk
        # The staff of other sections sort as well, and the desk is not theirs.
        await login(client, (await a_staff_member(db)).id or 0)
        for page in pages:
            there = await client.get(page)
            assert there.status_code == 200
            assert back not in links(parsed(there))


async def test_the_bench_counts_refuses_and_publishes(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.considered(db)
    await login(client, procedure.clerk.id or 0)
    with on_day(42):
        bench = await client.get(address(procedure, "/answers"))
        assert "1論点のうち0論点" in bench.text
        refused = await client.post(address(procedure, "/answers"))
        assert refused.status_code == 403
        assert "論点1「街路樹」: 市の考え方がありません。" in refused.text
        gathered = await gather(db, procedure.id)
        assert gathered is not None
        sorting = await client.get(f"/digests/{gathered.digest.id}/edit")
        assert "<p>街路樹を整理する。</p>" in sorting.text, "the plan lies beside the opinions"
        desk = address(procedure, f"/answers/{gathered.groups[0].row.id}")
        reply = stories.a_reply().model_dump(mode="json")
        missing = await client.post(desk, data=reply | {"body": ""})
        assert missing.status_code == 422
        assert (await client.post(desk, data=reply)).headers["location"] == address(procedure, "/answers")
        stale = await client.post(desk, data=reply | {"body": "あとから書いた答え"})
        assert stale.status_code == 409
        assert "ご意見を踏まえて修正します。" in stale.text
        assert "あとから書いた答え" in stale.text
        assert (await client.post(address(procedure, "/answers"))).headers["location"].endswith("/results")


async def test_an_author_follows_the_notification_to_the_answer(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    author = await an_account(db)
    procedure = await stories.published(db, by=author)
    await login(client, author.id or 0)
    inbox = (await client.get("/inbox")).text
    assert "あなたの意見に市が答えました" in inbox
    link = re.search(r'href="(/inbox/\d+)">あなたの意見に市が答えました', inbox)
    assert link is not None
    followed = await client.get(link[1])
    assert followed.headers["location"] == address(procedure, "/results#group-1")


async def test_the_result_page_asks_a_fixed_number_of_questions(
    db: Database, client: httpx.AsyncClient, queries: Callable[[int], object]
) -> None:
    procedure = await stories.published(db)
    async with queries(12):
        await client.get(address(procedure, "/results"))


async def test_nobody_ever_meets_what_is_sealed(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    """Every page and file, for a guest, the author, a moderator's colleague and the section itself."""
    author = await an_account(db)
    procedure = await stories.published(db, by=author)
    gathered = await gather(db, procedure.id)
    receipt = await db.value("select receipt from submissions order by id limit 1")
    assert gathered is not None
    rests = ["", "/submissions", f"/submissions/{receipt}", "/results", "/results/groups/1"]
    rests += ["/results/set-aside", "/results.json", "/results.csv", "/results.docx", "/results.xlsx"]
    rests += ["/results.zip"]
    rests += ["/desk", "/answers", f"/answers/{gathered.groups[0].row.id}", "/papers"]
    seen = 0
    for reader in (None, author, await an_account(db), procedure.clerk):
        client.cookies.clear()
        if reader is not None:
            await login(client, reader.id or 0)
        for place in ("/", "/consultations", "/inbox", *(address(procedure, rest) for rest in rests)):
            response = await client.get(place)
            text = readable(response, place)
            seen += response.status_code == 200
            for secret in (stories.NAME, stories.ADDRESS, stories.GROUP_NAME, stories.EMAIL):
                assert secret not in text, place
    assert seen > 40


def readable(response: httpx.Response, place: str) -> str:
    """What a person could get out of it: documents are opened."""
    if response.status_code == 200 and place.endswith(".docx"):
        return str(Document(io.BytesIO(response.content)).element.xml)
    if response.status_code == 200 and place.endswith(".xlsx"):
        book = load_workbook(io.BytesIO(response.content))
        return "".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    if response.status_code == 200 and place.endswith(".zip"):
        archive = ZipFile(io.BytesIO(response.content))
        return "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())
    return response.text


async def test_the_clock_of_the_story_is_ours() -> None:
    with on_day(3):
        assert clock.now() == stories.days_later(3)


@pytest.mark.parametrize("number", ["0", "2", "000000001" + "9" * 5000, "0000000012", "１", "x"])
async def test_a_result_has_the_pages_that_it_has(
    db: Database, client: httpx.AsyncClient, number: str
) -> None:
    procedure = await stories.published(db)
    assert (await client.get(f"/consultations/{procedure.id}/results?page={number}")).status_code == 404


async def test_a_section_whose_digest_was_stopped_finds_the_way_to_another(
    db: Database, client: httpx.AsyncClient, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure)
    desk, again = f"/consultations/{procedure.id}/desk", f"/digests/new?consultation={procedure.id}"
    await login(client, procedure.clerk.id or 0)
    with on_day(40):
        with monkeypatch.context() as large:
            large.setattr(digest_rules, "TEXTS_AT_ONCE", 0)
            number = await answering.consider(db, procedure.clerk, procedure.id)
        await digests.cancel(db, procedure.clerk, number)
        await digests.compile_in_background(db, number)
        page = await client.get(desk)
        assert "この手続は終わりました。" not in page.text
        assert again in links(parsed(page))
        assert (await client.get(again)).status_code == 200
        await digests.start(db, procedure.clerk, a_plan(consultation_id=procedure.id), stories.TOKYO)
        assert f"/consultations/{procedure.id}/answers" in links(parsed(await client.get(desk)))
