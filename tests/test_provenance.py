"""Whoever follows docs/provenance.md can check what the room publishes, without this program."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from forum import clock
from forum.access import Role
from forum.db import Database
from forum.settings import ROOT
from moderation.digests.actions.publishing import publish_digest
from moderation.figures.actions import recount
from moderation.reviews import actions as reviews
from moderation.reviews.acts import Act
from tests.factories import a_board, a_newcomer, a_post, a_staff_member, a_topic, an_account
from tests.forum.topics import test_polls
from tests.moderation.consultations import stories
from tests.moderation.digests import test_objecting
from tests.moderation.digests.desk import confirm_all
from tests.moderation.maps import residents
from tests.moderation.reviews.test_actions import decide
from tests.whole_room import close_a_poll, suggest

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
    taught["check_counts"](result)
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


async def test_a_map_matches_and_another_figure_does_not(
    taught: dict[str, Any], client: httpx.AsyncClient, db: Database
) -> None:
    _clerk, about, _map = await residents.asked(db)
    await residents.two_camps(db, about.id)
    await residents.draw(db, about.id)
    data = (await client.get(f"/digests/{about.id}/map.json")).json()
    taught["check_map"](data)
    data["outcome"]["points"][0]["all"]["agreed"] += 1
    with pytest.raises(AssertionError):
        taught["check_map"](data)


@pytest.mark.parametrize("field", ["body", "category", "plan_after", "sha256"])
async def test_another_word_in_an_answer_does_not(
    taught: dict[str, Any], files: tuple[Any, Any], field: str
) -> None:
    _, result = files
    result["groups"][0]["answer"][field] += "。"
    with pytest.raises(AssertionError):
        taught["check_result"](result)


async def test_reports_match_and_other_words_do_not(
    taught: dict[str, Any], client: httpx.AsyncClient, db: Database
) -> None:
    procedure = await stories.published(db)
    await stories.reported(db, procedure)
    data = (await client.get(f"/consultations/{procedure.id}/progress.json")).json()
    taught["check_progress"](data)
    data["groups"][0]["reports"].pop(0)
    with pytest.raises(AssertionError):
        taught["check_progress"](data)


@pytest.fixture
async def log(client: httpx.AsyncClient, db: Database) -> tuple[Any, Any]:
    """The whole log and its heads, with lines of the staff room and words that spreadsheets would run."""
    moderator, staff = await an_account(db, Role.ADMINISTRATOR), await a_board(db, "staff")
    reasons = ("=1+1", "'引用'です。", '改行\nと"引用符"、,', "ふつうの理由")
    for reason in reasons:
        await decide(db, moderator, await a_post(db), Act.HIDE, reason=reason)
    internal = await a_topic(db, await a_staff_member(db), board=staff)
    await decide(db, moderator, internal, Act.HIDE, reason="職員室の理由")
    await decide(db, moderator, await a_post(db, await a_newcomer(db)), Act.APPROVE)
    await reviews.publish_head(db, date(2026, 4, 2))
    lines = await client.get("/moderation/log.json")
    assert "職員室" not in lines.text
    return lines.json(), (await client.get("/open-data/log-heads.json")).json()


async def test_the_log_matches_and_so_do_its_heads(
    taught: dict[str, Any], client: httpx.AsyncClient, log: tuple[Any, Any]
) -> None:
    lines, heads = log
    assert taught["check_log"](lines) == (6, heads["heads"][0]["sha256"])
    taught["check_heads"](heads, lines)
    assert taught["read_csv"]((await client.get("/moderation/log.csv")).text) == lines


FORGED = [
    lambda lines: lines.pop(2),
    lambda lines: lines.insert(2, lines[1]),
    lambda lines: lines.__setitem__(slice(1, 3), [lines[2], lines[1]]),
    lambda lines: lines[0]["entry"].update(reason="x"),
    lambda lines: lines[4].update(entry_sha256="0" * 64),
    lambda lines: lines[3].update(sha256="0" * 64),
    lambda lines: lines[0].update(previous="1" * 64),
]


@pytest.mark.parametrize("forge", FORGED)
async def test_a_log_that_was_tampered_with_does_not(
    taught: dict[str, Any], log: tuple[Any, Any], forge: Callable[[Any], Any]
) -> None:
    forge(log[0])
    with pytest.raises(AssertionError):
        taught["check_log"](log[0])


async def test_every_version_of_a_rule_matches_its_hash(
    taught: dict[str, Any], client: httpx.AsyncClient
) -> None:
    data = (await client.get("/open-data/rules.json")).json()
    taught["check_rules"](data)
    data["rules"][3]["body"] += "。"
    with pytest.raises(AssertionError):
        taught["check_rules"](data)


async def test_answers_to_objections_match_and_other_words_do_not(
    taught: dict[str, Any], client: httpx.AsyncClient, db: Database
) -> None:
    story = await test_objecting.heard(db)
    await test_objecting.answer(db, story, await test_objecting.object_(db, story), withheld=True)
    said = await test_objecting.object_(db, story, story.authors[1])
    await test_objecting.answer(db, story, said)
    with clock.at(clock.now() + timedelta(days=9)):
        await publish_digest(db, story.clerk, story.digest_id)
    data = (await client.get(f"/digests/{story.digest_id}/objections.json")).json()
    taught["check_objections"](data)
    withheld, shown = data["objections"]
    assert (withheld["words"], withheld["author"]) == (None, None)
    for one, name in ((withheld, "answer"), (shown, "words"), (shown, "author")):
        kept, one[name] = one[name], f"{one[name]}。"
        with pytest.raises(AssertionError):
            taught["check_objections"](data)
        one[name] = kept


async def test_what_models_suggested_matches_and_other_words_do_not(
    taught: dict[str, Any], client: httpx.AsyncClient, db: Database
) -> None:
    digest_id = await suggest(db)
    await confirm_all(db, await a_staff_member(db), digest_id)
    await publish_digest(db, await a_staff_member(db), digest_id)
    data = (await client.get(f"/digests/{digest_id}/suggestions.json")).json()
    taught["check_suggestions"](data)
    assert [one["reply"] and one["reply"]["failure"] for one in data["suggestions"]] == [
        None,
        "unreadable",
        None,
    ]
    for forge in (
        lambda one: one.update(prompt="{}"),
        lambda one: one["reply"]["found"].update(title="別の題"),
    ):
        forged = json.loads(json.dumps(data))
        forge(forged["suggestions"][0])
        with pytest.raises(AssertionError):
            taught["check_suggestions"](forged)


async def test_the_recounts_add_up(taught: dict[str, Any], client: httpx.AsyncClient, db: Database) -> None:
    await a_post(db)
    await a_post(db, await a_newcomer(db))
    await recount(db, date(2026, 4, 2))
    data = (await client.get("/open-data/recounts.json")).json()
    taught["check_recounts"](data)
    data["recounts"][0]["boards"][0]["hidden"] += 1
    with pytest.raises(AssertionError):
        taught["check_recounts"](data)


async def test_the_results_of_polls_match_and_other_counts_do_not(
    taught: dict[str, Any], client: httpx.AsyncClient, db: Database
) -> None:
    await close_a_poll(db)
    chosen = await test_polls.a_poll(db)
    await test_polls.choose(db, chosen, 2)
    await test_polls.closed(db, chosen)
    data = (await client.get("/open-data/polls.json")).json()
    taught["check_polls"](data)
    for poll in data["polls"]:
        page = await client.get("/verify", params={"hash": poll["sha256"]})
        assert f'href="/polls/{poll["poll"]}"' in page.text
        assert "計算しなおした値と一致</span>" in page.text
    assert {poll["kind"] for poll in data["polls"]} == {"single", "ranked"}
    head = (await client.get("/open-data/head.json")).json()
    assert (head["counts"]["polls"], head["newest"]["poll"]["id"]) == (2, chosen)
    data["polls"][0]["counts"][0] += 1
    with pytest.raises(AssertionError):
        taught["check_polls"](data)
    await db.run("update topics set state = 'hidden'")
    assert (await client.get("/open-data/polls.json")).json() == {"polls": []}
    assert "ベンチはどこに？" not in (await client.get("/verify", params={"hash": poll["sha256"]})).text
