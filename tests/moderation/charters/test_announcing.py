"""New wordings of the charter: announced ahead, cited by what is decided later, and never changing what was decided."""

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import clock
from forum.commands.charter import HEAD, as_toml
from forum.commands.verify import CHECKS
from forum.db import Database
from forum.errors import Conflict
from forum.guides.queries import rule_versions, rules_in_force
from moderation.charters import actions, proofs, rules
from moderation.charters.rules import Charter, CharterText
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions
from tests.factories import a_moderator, a_post
from tests.moderation.reviews.test_actions import decide, told
from tests.pages import links, parsed, text_of

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
LATER = NOW + timedelta(days=14)


async def the_charter(db: Database, **reworded: str) -> Charter:
    """The newest rules as a file, with other words for rule 4."""
    texts = []
    for rule in rules.newest(await rule_versions(db)).values():
        words = {name: getattr(rule, name) for name in CharterText.model_fields}
        texts.append(CharterText(**(words | reworded if rule.number == 4 else words)))
    return Charter(rule=texts)


async def announced(db: Database, at: datetime = NOW, start: datetime = LATER, **reworded: str) -> None:
    with clock.at(at):
        reworded = reworded or {"body": "物やサービスを売るための書き込み。"}
        assert await actions.announce(db, await the_charter(db, **reworded), start) in ([(4, 2)], [(4, 3)])


async def test_a_room_starts_with_the_rules_of_the_file_and_then_keeps_its_own(db: Database) -> None:
    assert await actions.put_first_charter_in_force(db) == 0
    await announced(db)
    assert await actions.put_first_charter_in_force(db) == 0
    assert len(await rule_versions(db)) == 12


async def test_an_announced_version_holds_from_its_day_and_old_decisions_keep_theirs(db: Database) -> None:
    moderator, early, late = await a_moderator(db), await a_post(db), await a_post(db)
    await announced(db)
    with clock.at(LATER - timedelta(seconds=1)):
        assert all(rule.version == 1 for rule in await rules_in_force(db))
        await decide(db, moderator, early, Act.HIDE)
    with clock.at(LATER):
        assert [rule.number for rule in await rules_in_force(db) if rule.version == 2] == [4]
        await decide(db, moderator, late, Act.HIDE)
    cited = [(await decisions.of_post(db, post.id))[0].rule_version for post in (early, late)]
    assert cited == [1, 2]
    assert [line for check in CHECKS async for line in check(db)] == []


def _refused(charter: Charter, before: Any = None, **moments: datetime) -> str | None:
    return rules.wrong_with(charter, before or {}, now=NOW, in_force_from=moments.get("start", LATER))


TEXT = CharterText(number=1, title="題", title_en="t", body="文", body_en="b")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda charter: charter.rule.pop(), "なくすことはできません"),
        (lambda charter: charter.rule.append(charter.rule[0]), "二つあります"),
        (lambda charter: None, "変わったところがありません"),
    ],
)
async def test_what_is_no_new_charter_is_refused(db: Database, change: Any, said: str) -> None:
    charter = await the_charter(db)
    change(charter)
    with clock.at(NOW), pytest.raises(Conflict, match=said):
        await actions.announce(db, charter, LATER)


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_charter_is_announced_a_week_ahead_or_not_at_all(ahead: timedelta) -> None:
    refused = _refused(Charter(rule=[TEXT]), start=NOW + ahead)
    assert (refused is None) == (ahead >= rules.ANNOUNCED_BEFORE)


async def test_versions_follow_each_other_in_time(db: Database) -> None:
    await announced(db, start=LATER)
    charter = await the_charter(db, title="売る")
    for days in (0, -1):
        with clock.at(NOW), pytest.raises(Conflict, match="予告されています"):
            await actions.announce(db, charter, LATER + timedelta(days=days))
    await announced(db, start=LATER + timedelta(days=1), title="売る")


async def test_no_version_ever_changes(db: Database) -> None:
    for change in ("update charter_rules set title = 'x'", "delete from charter_rules"):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with db.transaction():
                await db.run(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update charter_rules set body = 'x' where number = 4 and version = 1", "rule 4 version 1: altered"),
        ("update charter_rules set in_force_from = announced_at where version = 2", "version 2: altered"),
        ("delete from charter_rules where number = 4 and version = 1", "rule 4 version 1: removed"),
        (
            "update charter_rules set version = 2147483647 where version = 2",
            "rule 4 versions 2 to 2147483646: removed",
        ),
    ],
)
async def test_tampering_with_a_version_is_found_and_named(db: Database, change: str, said: str) -> None:
    await announced(db)
    await db.run("set local session_replication_role = replica")
    await db.run(change)
    assert any(said in line for line in [line async for line in proofs.mismatches(db)])


async def test_the_page_of_the_rules_says_what_is_coming(db: Database, client: httpx.AsyncClient) -> None:
    await announced(db)
    with clock.at(NOW):
        page = parsed(await client.get("/rules"))
        assert "から、きまりが変わります。" in text_of(page)
        assert {"/rules/4?version=2", "/rules/4?version=1", "/rules/history"} <= links(page)
    with clock.at(LATER):
        page = parsed(await client.get("/rules"))
        assert "から、きまりが変わります。" not in text_of(page)
        assert "物やサービスを売るための書き込み。" in text_of(page)


async def test_every_version_has_an_address_with_what_changed(
    db: Database, client: httpx.AsyncClient
) -> None:
    await announced(db)
    with clock.at(NOW):
        now = await client.get("/rules/4")
        first = await client.get("/rules/4?version=1")
        second = await client.get("/rules/4?version=2")
        assert "いまのきまり" in now.text
        assert "<ins>" not in now.text
        assert "商品やサービスの宣伝" in first.text
        assert all(part in second.text for part in ("予告", "<ins>", "<del>"))
        assert "<ins>" in (await client.get("/rules/history")).text
        for nowhere in ("/rules/99", "/rules/4?version=3", "/rules/4?version=x"):
            assert (await client.get(nowhere)).status_code == 404
    with clock.at(LATER):
        assert "物やサービス" in (await client.get("/rules/4")).text


async def test_links_to_the_old_address_still_lead_to_the_rules(client: httpx.AsyncClient) -> None:
    answer = await client.get("/guide/rules")
    assert (answer.status_code, answer.headers["location"]) == (308, "/rules")


async def test_the_log_and_the_notice_lead_to_the_version_that_was_cited(
    db: Database, client: httpx.AsyncClient
) -> None:
    post = await a_post(db)
    await decide(db, await a_moderator(db), post, Act.HIDE)
    assert "/rules/4?version=1" in links(parsed(await client.get("/moderation/log")))
    (notice,) = await told(db, post.author_id)
    assert notice.params["rule_version"] == 1


async def test_the_file_that_is_written_can_be_announced(db: Database) -> None:
    """What `forum charter write` writes reads as the rules there are."""
    newest = rules.newest(await rule_versions(db))
    read = Charter.model_validate(tomllib.loads(HEAD + as_toml(newest.values())))
    assert rules.changed(newest, read) == []
    assert len(read.rule) == len(newest)
