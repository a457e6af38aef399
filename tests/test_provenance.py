"""Whoever follows docs/provenance.md can check what the room publishes, without this program."""

import re
from typing import Any

import httpx
import pytest

from forum.db import Database
from forum.settings import ROOT
from tests.moderation.consultations import stories

PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def taught() -> dict[str, Any]:
    """What one has after running all Python of the page, its assertions included."""
    names: dict[str, Any] = {}
    exec("\n".join(PYTHON.findall((ROOT / "docs" / "provenance.md").read_text())), names)  # noqa: S102 - our page
    return names


@pytest.fixture
async def files(client: httpx.AsyncClient, db: Database) -> tuple[Any, Any]:
    """The downloads of a published digest and of the result that rests on it."""
    procedure = await stories.published(db)
    number = await db.value("select id from digests")
    digest = await client.get(f"/digests/{number}.json")
    result = await client.get(f"/consultations/{procedure.id}/results.json")
    return digest.json(), result.json()


async def test_what_is_published_matches(taught: dict[str, Any], files: tuple[Any, Any]) -> None:
    digest, result = files
    taught["check_digest"](digest)
    taught["check_result"](result)
    assert result["sha256"]["digest"] == digest["sha256"]


@pytest.mark.parametrize("field", ["text", "start", "end", "sha256"])
async def test_another_word_in_a_digest_does_not(
    taught: dict[str, Any], files: tuple[Any, Any], field: str
) -> None:
    digest, _ = files
    opinion = digest["groups"][0]["opinions"][0]
    opinion[field] = opinion[field] + (1 if isinstance(opinion[field], int) else "。")
    with pytest.raises(AssertionError):
        taught["check_digest"](digest)


@pytest.mark.parametrize("field", ["body", "category", "plan_after", "sha256"])
async def test_another_word_in_an_answer_does_not(
    taught: dict[str, Any], files: tuple[Any, Any], field: str
) -> None:
    _, result = files
    result["groups"][0]["answer"][field] += "。"
    with pytest.raises(AssertionError):
        taught["check_result"](result)
