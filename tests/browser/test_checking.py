"""The page that checks a bundle, opened from a file: it finds what was altered, and needs no server."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from forum.db import Database
from forum.proof import digest
from moderation.consultations.composing import compose
from moderation.consultations.exports import bundle
from moderation.consultations.exports.bundle.beside import beside
from moderation.consultations.gathering import gather
from moderation.consultations.queries import notices
from moderation.digests.export import asked
from moderation.digests.queries.suggestions import Kept
from moderation.digests.rules.suggesting import Kind, question_document, reply_document
from tests.moderation.consultations import stories
from tests.moderation.consultations.test_bundle import unpacked
from tests.moderation.consultations.test_correcting import corrected

NO_WEBCRYPTO = "Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })"
Alter = Callable[[Any], Any]


def kept(*, answered: bool) -> Kept:
    """What a model was asked, and perhaps its answer."""
    question = Kept(
        *(1, 1, Kind.WORDS, [7], [3], [], "models.example", "small", '{"model": "small"}', 1, stories.START),
        readable=True,
    )
    signed = replace(question, sha256=digest(question_document(question)))
    if not answered:
        return signed
    found = {"title": "題", "summary": ""}
    said = replace(signed, answer='{"title": "題"}', found=found, answered_at=stories.START)
    return replace(said, answer_sha256=digest(reply_document(said)))


@pytest_asyncio.fixture(scope="module")
async def files(site_db: Database) -> dict[str, bytes]:
    """What is in a bundle, by name."""
    procedure = await stories.announced(site_db)
    await corrected(site_db, procedure)
    await stories.published(site_db, procedure=procedure)
    await stories.reported(site_db, procedure)
    consultation = await notices.consultation(site_db, procedure.id)
    gathered = await gather(site_db, procedure.id)
    assert consultation is not None
    assert gathered is not None
    result = await compose(site_db, consultation, gathered, "https://example.jp{}".format, stories.TOKYO)
    others = await beside(site_db, consultation, gathered, "https://example.jp{}".format)
    others = replace(others, suggestions={"suggestions": [asked(kept(answered=n > 0)) for n in range(3)]})
    return unpacked(bundle.export(result, others))


@pytest.fixture
def folder(files: dict[str, bytes], tmp_path: Path) -> Path:
    """The bundle, unpacked, for a test to alter."""
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest_asyncio.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with await browser.new_context(offline=True) as context:
        yield await context.new_page()


async def verdict(page: Page, folder: Path) -> str:
    await page.goto((folder / "verify.html").as_uri())
    await page.set_input_files("#files", sorted(folder.iterdir()))
    return await page.inner_text("#verdict:not(:empty)")


def sum_up(folder: Path) -> None:
    """As whoever alters files can do, too."""
    names = [path for path in sorted(folder.iterdir()) if path.name != "SHA256SUMS"]
    (folder / "SHA256SUMS").write_bytes(bundle.sums({path.name: path.read_bytes() for path in names}))


async def test_a_name_that_is_covered_is_left_out_of_the_check(page: Page, folder: Path) -> None:
    for name in ("digest.json", "results.json"):
        data = json.loads((folder / name).read_text())
        group = data["groups"][0]
        group |= {"title": "■" * len(group["title"])} | ({"covered": True} if "covered" in group else {})
        (folder / name).write_text(json.dumps(data, ensure_ascii=False))
    sum_up(folder)
    assert "Everything matches." in await verdict(page, folder)
    assert "まとめの照合値は計算していません。" in await page.inner_text("#report")


@pytest.mark.parametrize("script", ["", NO_WEBCRYPTO])
async def test_a_whole_bundle_matches(page: Page, folder: Path, script: str) -> None:
    await page.add_init_script(script)
    assert "Everything matches." in await verdict(page, folder)
    assert await page.evaluate("crypto.subtle !== undefined") == (not script)
    data = json.loads((folder / "results.json").read_text())
    assert data["sha256"]["consultation"] in await page.inner_text("#report")


async def test_an_altered_file_and_a_missing_one_are_named(page: Page, folder: Path) -> None:
    (folder / "results.docx").write_bytes((folder / "results.docx").read_bytes() + b"!")
    (folder / "results.csv").unlink()
    (folder / "notes.txt").write_text("わたしのメモ")
    assert "Something does not match." in await verdict(page, folder)
    report = await page.inner_text("#report")
    assert "results.docx が公表されたものと違います。" in report
    assert "results.csv が選ばれていません。" in report
    assert "notes.txt" not in report.split("一式にないファイル")[0]


async def test_a_bundle_that_was_not_unpacked_is_not_accused(page: Page, folder: Path) -> None:
    """Whoever chooses the ZIP itself, or one file, is told what to choose, and not that something was altered."""
    await page.goto((folder / "verify.html").as_uri())
    await page.set_input_files("#files", folder / "results.json")
    said = await page.inner_text("#verdict:not(:empty)")
    assert "取り出したファイルをすべて選んでください。" in said
    assert "一致しない" not in said


def an_opinion(data: Any) -> None:
    data["groups"][0]["opinions"][0]["text"] += "？"


def an_answer(data: Any) -> None:
    data["groups"][0]["answer"]["body"] = "ちがう答え"


def an_answer_with_its_hash(data: Any) -> None:
    answer = data["groups"][0]["answer"]
    answer["body"] = "ちがう答え"
    answer["sha256"] = digest(
        {
            "group": answer["opinions"],
            **{
                key: answer[key]
                for key in ("body", "category", "number", "plan_after", "plan_before", "reason")
            },
        }
    )


def a_lost_opinion(data: Any) -> None:
    data["set_aside"].clear()


def the_draft(data: Any) -> None:
    data["plan"][0]["body"] = "ちがう案"


def a_version(data: Any) -> None:
    data["plan_versions"][0]["plan"][0]["body"] = "ちがう案"


def a_subject(data: Any) -> None:
    data["groups"][0]["opinions"][0]["source"]["about"]["passage"] = 2


def a_count(data: Any) -> None:
    data["ledger"]["opinions"]["received"] += 1


def a_count_that_adds_up(data: Any) -> None:
    for figures in data["ledger"].values():
        figures["received"] += 1
        figures["used"] += 1


def a_late_one(data: Any) -> None:
    data["late"]["texts"] += 1


def a_channel(data: Any) -> None:
    source = next(one["source"] for one in data["groups"][0]["opinions"] if one["source"]["channel"] == "web")
    source["channel"] = "post"
    next(way for way in data["channels"] if way["channel"] == "web")["channel"] = "post"


def a_channel_of_a_text(data: Any) -> None:
    next(text for text in data if text["channel"] == "web")["channel"] = "post"


def words_of_the_digest(data: Any) -> None:
    data["groups"][0]["opinions"][0]["text"] += "？"


def a_count_of_the_digest(data: Any) -> None:
    data["ledger"]["texts"]["merged"] += 1


def copies(data: Any) -> None:
    data["received"]["copies"]["same"] += 1


def a_whole_text(data: Any) -> None:
    data[0]["hashed"]["body"] += "？"


def an_objection(data: Any) -> None:
    said = {
        "filed_at": "",
        "words": "別の話です。",
        "sha256": "0" * 64,
        "answer": "移しました。",
        "withheld": False,
    }
    said |= {"author": None, "digest": 1}
    data["objections"].append({**said, "answered_at": "", "answered_by": 1, "answer_sha256": "0" * 64})


def an_objection_in_other_words(data: Any) -> None:
    filed = {"author": "a" * 64, "digest": 1, "time": "", "words": "別の話です。"}
    answered = {"answer": "移しました。", "withheld": False, "answered_at": "", "answered_by": 1}
    sha256 = digest(filed)
    answer = {
        "answer": "移しました。",
        "objection": sha256,
        "person": 1,
        "time": "",
        "withheld": False,
    }
    del filed["time"]
    told = {**filed, "filed_at": "", **answered, "sha256": sha256, "answer_sha256": digest(answer)}
    data["objections"].append({**told, "words": "同じ話です。"})


def a_prompt(data: Any) -> None:
    data["suggestions"][0]["prompt"] = "{}"


def a_suggestion(data: Any) -> None:
    data["suggestions"][2]["reply"]["found"]["title"] = "別の題"


def a_report(data: Any) -> None:
    data["groups"][0]["reports"][0]["status"] = "done"


@pytest.mark.parametrize(
    ("name", "alter", "found"),
    [
        ("originals", a_whole_text, "が書きかえられています。"),
        ("objections", an_objection, "異議1への答えが書きかえられています。"),
        ("objections", an_objection_in_other_words, "異議1が書きかえられています。"),
        ("suggestions", a_prompt, "自動の案1が書きかえられています。"),
        ("suggestions", a_suggestion, "自動の案3が書きかえられています。"),
        ("progress", a_report, "論点1のその後の報告1が書きかえられています。"),
        ("results", an_opinion, "意見1が届いた文と違います。"),
        ("results", an_answer, "論点1の市の考え方が書きかえられています。"),
        ("results", an_answer_with_its_hash, "結果全体の照合値が合いません。"),
        ("results", a_lost_opinion, "まとめと結果とで、意見の分けかたが違います。"),
        ("results", the_draft, "結果全体の照合値が合いません。"),
        ("results", a_version, "計画案の第1版が書きかえられています。"),
        ("results", a_subject, "意見1が計画案のどこについてのものか、書きかえられています。"),
        ("results", copies, "全体の数が、載っている意見と合いません。"),
        ("results", a_count, "受付・掲載・集約・対象外の数が、載っている意見と合いません。"),
        ("results", a_count_that_adds_up, "受付・掲載・集約・対象外の数が、載っている意見と合いません。"),
        ("results", a_late_one, "期限のあとに届いた数が、載っている意見と合いません。"),
        ("results", a_channel, "届いた文章の記録と、結果の意見が違います。"),
        ("originals", a_channel_of_a_text, "が書きかえられています。"),
        ("digest", words_of_the_digest, "まとめと結果とで、意見の言葉が違います。"),
        ("digest", a_count_of_the_digest, "まとめと結果とで、数が違います。"),
    ],
)
async def test_sums_made_anew_hide_nothing(
    page: Page, folder: Path, name: str, alter: Alter, found: str
) -> None:
    data = json.loads((folder / f"{name}.json").read_text())
    alter(data)
    (folder / f"{name}.json").write_text(json.dumps(data))
    sum_up(folder)
    assert "Something does not match." in await verdict(page, folder)
    assert found in await page.inner_text("#report")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_of_a_bundle_are_accessible(
    browser: Browser, folder: Path, scheme: Literal["light", "dark"]
) -> None:
    async with await browser.new_context(offline=True, color_scheme=scheme) as context:
        page = await context.new_page()
        await verdict(page, folder)
        found = (await Axe().run(page)).response["violations"]
        await page.goto((folder / "results.html").as_uri())
        found += (await Axe().run(page)).response["violations"]
    assert [(problem["id"], problem["nodes"]) for problem in found] == []
