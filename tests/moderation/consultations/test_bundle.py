"""The bundle of a result: all that is published, in bytes that depend on nothing else, and checkable by itself."""

import io
import json as stdlib_json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from zipfile import ZipFile

import httpx
import pytest
from pydantic import ValidationError

from forum import proof
from forum.db import Database, connected
from moderation.consultations.exports import bundle, docx, json, shapes, xlsx
from moderation.consultations.exports.bundle.beside import Beside
from moderation.consultations.exports.bundle.originals import originals
from moderation.consultations.exports.bundle.reading import read
from moderation.consultations.queries import notices
from moderation.consultations.queries.originals import Original
from moderation.consultations.results import Result
from tests.moderation.consultations import stories
from tests.moderation.consultations.test_exports import MAY, a_result
from tests.moderation.consultations.test_hidden_words import a_submitted_post
from tests.moderation.digests.desk import hide
from tests.waiting import waiting

OTHERS = Beside(
    digest={"title": "まとめ"},
    progress={"groups": [{"number": 1, "reports": []}, {"number": 2, "reports": []}]},
)
# Of the result, and the one that a ZIP names for want of another.
DAYS = {(2026, 5, 1), (1980, 1, 1)}


def unpacked(content: bytes) -> dict[str, bytes]:
    archive = ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def test_every_file_is_summed_and_named_in_the_readme() -> None:
    assert "suggestions.json" not in unpacked(bundle.export(a_result(), OTHERS)), "where no model was asked"
    files = unpacked(bundle.export(a_result(), replace(OTHERS, suggestions={"suggestions": []})))
    lines = files.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    readme = files.pop("README.txt").decode()
    assert [name for name in files if readme.count(f"\n{name} ") != 2] == []


@pytest.mark.parametrize("export", [docx.export, xlsx.export, lambda result: bundle.export(result, OTHERS)])
def test_the_same_result_is_the_same_bytes(export: Callable[[Result], bytes]) -> None:
    content = export(a_result())
    assert export(a_result()) == content
    assert {entry.date_time[:3] for entry in ZipFile(io.BytesIO(content)).infolist()} <= DAYS


def test_documents_are_of_the_day_of_the_result() -> None:
    word, sheets = (unpacked(export(a_result())) for export in (docx.export, xlsx.export))
    for core in (word["docProps/core.xml"], sheets["docProps/core.xml"]):
        assert b"2026-05-01T00:30:00Z" in core


def test_the_schema_describes_the_file_and_nothing_else() -> None:
    schema = stdlib_json.loads(shapes.schema())
    assert schema["additionalProperties"] is False
    assert {"groups", "set_aside", "plan", "sha256"} <= {*schema["required"]}
    content = json.export(a_result())
    shapes.RESULT.validate_json(content, strict=True)
    data = stdlib_json.loads(content)
    data["groups"][0]["answer"]["name"] = "だれか"
    with pytest.raises(ValidationError):
        shapes.RESULT.validate_python(data)


def test_the_page_shows_what_changed_and_escapes_what_was_said() -> None:
    page = bundle.page(a_result(), OTHERS).decode()
    assert "<del>整理する</del>" in page
    assert "（掲載していません）" in page
    assert "<script" not in page


def test_originals_are_each_text_once_with_its_passages() -> None:
    texts = stdlib_json.loads(unpacked(bundle.export(a_result(), OTHERS))["originals.json"])
    assert [text["receipt"] for text in texts] == [f"1-{n:04}" for n in (1, 2, 3, 4, 5)]
    assert texts[4]["passages"] == [
        {"opinion": 5, "start": 0, "end": 1, "text": None, "sha256": f"{1005:064x}"}
    ]


def test_a_text_is_whole_where_nothing_in_it_is_withheld() -> None:
    def whole(number: int, body: str) -> Original:
        return Original(f"1-{number:04}", 1, "post", None, None, None, None, body, MAY)

    texts = [
        whole(1, "街路樹を切らないでください。"),
        whole(2, "花代（電話 090-1234-5678）"),
        whole(5, "ひみつ"),
    ]
    found = originals(a_result(), {text.name: text for text in texts}, {})
    assert [text["hashed"] and text["hashed"]["body"] for text in found] == [texts[0].body, *[None] * 4]


async def test_what_is_hidden_while_a_bundle_is_read_is_in_all_of_its_files(own_database: str) -> None:
    """Else its page finds that they contradict each other, and the city stands accused."""
    async with connected(own_database) as db:
        procedure = await stories.announced(db)
        post = await a_submitted_post(db, procedure)
        await stories.published(db, procedure=procedure)
        consultation = await notices.consultation(db, procedure.id)
        assert consultation is not None
        async with db.transaction():
            # Reports are read in between.
            await db.run("lock table progress_reports in access exclusive mode")
            making = await waiting(db, read(db, consultation, "https://example.jp{}".format, stories.TOKYO))
            await hide(db, post)
        found = await making
    assert found is not None
    files = unpacked(bundle.export(*found))
    result, digest, texts = (
        stdlib_json.loads(files[f"{name}.json"]) for name in ("results", "digest", "originals")
    )
    said = [[one["text"] for one in of["set_aside"]] for of in (result, digest)]
    assert said[0] == said[1]
    assert [text["hashed"] is None for text in texts] == [False] * len(texts)


async def test_a_bundle_is_there_once_the_result_is_out(db: Database, client: httpx.AsyncClient) -> None:
    answered, published = await stories.answered(db), await stories.published(db)
    assert (await client.get(f"/consultations/{answered.id}/results.zip")).status_code == 404
    page = await client.get(f"/consultations/{published.id}/results")
    assert f'href="/consultations/{published.id}/results.zip"' in page.text
    files = unpacked((await client.get(f"/consultations/{published.id}/results.zip")).content)
    result, digest = (stdlib_json.loads(files[name]) for name in ("results.json", "digest.json"))
    assert result["sha256"]["digest"] == digest["sha256"]
    progress, texts = (stdlib_json.loads(files[name]) for name in ("progress.json", "originals.json"))
    assert progress["result"] == result["sha256"]["consultation"]
    assert [proof.digest(text["hashed"]) for text in texts] == [text["sha256"] for text in texts]
    assert stories.NAME not in files["originals.json"].decode()
    shapes.RESULT.validate_python(result, strict=True)
    early = await client.get(f"/consultations/{answered.id}/results.json")
    shapes.RESULT.validate_json(early.content, strict=True)
