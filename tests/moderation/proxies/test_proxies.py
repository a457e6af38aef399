"""An opinion from the counter, entered by a section: what everybody sees of it, and what its receipt tells."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from forum import clock
from forum.access import Role
from forum.accounts import queries as accounts
from forum.db import Database, connected
from forum.errors import Forbidden, NotFound
from forum.posts.queries import posts, revisions
from moderation.digests import actions as digests
from moderation.digests.queries.opinions import everything
from moderation.proxies import actions, proofs
from moderation.proxies.rules import Channel, Entry, new_receipt, read_receipt
from moderation.reviews.acts import Act
from tests.conftest import Login
from tests.factories import a_moderator, a_staff_member, a_topic, actor, an_account, the_post
from tests.moderation.digests.desk import a_draft, confirm_all
from tests.moderation.proxies.entries import WORDS, an_entry, corrected
from tests.moderation.reviews.test_actions import decide
from tests.pages import parsed, problems, text_of, values


async def test_a_clerk_enters_what_was_said_at_the_counter_and_hands_over_a_receipt(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    topic, clerk = await a_topic(db), await a_staff_member(db)
    await login(client, (await an_account(db, Role.ADMINISTRATOR)).id or 0)  # of no section
    assert f"/topics/{topic.topic_id}/proxy" not in (await client.get(f"/topics/{topic.topic_id}")).text
    await login(client, clerk.id or 0)
    page = await client.get(f"/topics/{topic.topic_id}")
    assert f"/topics/{topic.topic_id}/proxy" in page.text
    typed = {
        "channel": "counter",
        "received_on": f"{clock.now():%Y-%m-%d}",
        "body": "携帯は090-1234-5678です。",
    }
    asked = parsed(await client.get(f"/topics/{topic.topic_id}/proxy"))
    assert not asked.findall('.//input[@name="channel"][@checked]')  # what is written for good is not guessed
    page = await client.post(f"/topics/{topic.topic_id}/proxy", data=typed)
    assert set(problems(parsed(page))) == {"verbatim", "public"}
    page = await client.post(
        f"/topics/{topic.topic_id}/proxy", data=typed | {"body": WORDS, "verbatim": "on"}
    )
    receipt = page.headers["location"].removeprefix("/receipts/")
    await client.post("/logout")
    page = await client.get(f"/topics/{topic.topic_id}")
    assert "窓口で受け付けた意見" in page.text
    assert WORDS in page.text
    assert receipt not in page.text
    page = await client.post("/receipts", data={"receipt": receipt.lower().replace("-", "ー")})
    assert page.headers["location"] == f"/receipts/{receipt}"
    assert WORDS in (await client.get(f"/receipts/{receipt}")).text


async def test_everybody_entered_is_a_person_of_their_own_who_cannot_log_in(db: Database) -> None:
    topic, clerk = await a_topic(db), await a_staff_member(db)
    one, _ = await an_entry(db, clerk, topic)
    other, _ = await an_entry(db, clerk, topic, channel="phone")
    assert (one.state, one.author_id != other.author_id) == ("visible", True)
    person = await accounts.account(db, one.author_id)
    assert person is not None
    assert (person.email, person.password_hash) == ("", "")
    assert await accounts.account_of_email(db, "") is None
    shown = await posts.view(db, one.id)
    assert shown is not None
    assert (shown.channel, shown.role, shown.section_name is not None) == ("counter", "resident", True)


async def test_a_correction_is_a_version_asked_for_by_the_person_and_made_by_the_section(
    db: Database,
) -> None:
    clerk = await a_staff_member(db)
    post, _ = await an_entry(db, clerk, await a_topic(db))
    for stranger in (await a_staff_member(db), await a_moderator(db), await actor(db, post.author_id)):
        with pytest.raises(Forbidden):
            await corrected(db, stranger, post)
    post = await corrected(db, clerk, post)
    versions = await revisions.of_post(db, post.id)
    assert sorted(version.raw for version in versions) == sorted([WORDS, "ベンチを戻してください。"])
    assert len({version.author for version in versions}) == 1
    with pytest.raises(NotFound):
        await corrected(db, clerk, await a_topic(db))
    assert [line async for line in proofs.mismatches(db)] == []


async def test_a_clerk_whom_a_colleague_overtakes_sees_the_other_words_and_goes_on(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    clerk = await a_staff_member(db)
    post, _ = await an_entry(db, clerk, await a_topic(db))
    await login(client, clerk.id or 0)
    there = f"/posts/{post.id}/correct"
    typed = values(parsed(await client.get(there)))
    typed |= {"body": "ベンチを二つ置いてください。", "because": "窓口で申し出がありました。", "asked": "on"}
    await corrected(db, clerk, post, "ベンチを一つ置いてください。")
    page = await client.post(there, data=typed)
    assert (page.status_code, "ベンチを一つ置いてください。" in page.text) == (409, True)
    again = values(parsed(page)) | {"asked": "on"}
    assert again["because"] == typed["because"]
    assert (await client.post(there, data=again)).status_code == 303
    assert (await the_post(db, post.id)).raw == typed["body"]


async def test_a_correction_that_changes_nothing_is_none(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """Else the clerk reads that it was corrected, and why is kept nowhere."""
    clerk = await a_staff_member(db)
    post, _ = await an_entry(db, clerk, await a_topic(db))
    await login(client, clerk.id or 0)
    there = f"/posts/{post.id}/correct"
    typed = values(parsed(await client.get(there))) | {"because": "電話がありました。", "asked": "on"}
    page = await client.post(there, data=typed)
    assert set(problems(parsed(page))) == {"body"}
    assert typed["because"] in page.text


async def test_nothing_is_received_tomorrow(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    """The day is the town's, where it is tomorrow already when it is afternoon in Greenwich."""
    topic, clerk = await a_topic(db), await a_staff_member(db)
    await login(client, clerk.id or 0)
    there = f"/topics/{topic.topic_id}/proxy"
    typed = {"channel": "counter", "body": WORDS, "verbatim": "on"}
    with clock.at(datetime(2026, 4, 1, 16, tzinfo=UTC)):
        page = await client.post(there, data=typed | {"received_on": "2026-04-03"})
        assert set(problems(parsed(page))) == {"received_on"}
        page = await client.post(there, data=typed | {"received_on": "2026-04-02"})
        assert page.status_code == 303


async def test_the_receipt_tells_where_a_digest_has_it_and_nothing_of_what_is_hidden(
    client: httpx.AsyncClient, db: Database
) -> None:
    clerk, topic = await a_staff_member(db), await a_topic(db)
    post, receipt = await an_entry(db, clerk, topic)
    assert "まだ、公表されたまとめには入っていません。" in (await client.get(f"/receipts/{receipt}")).text
    draft = await a_draft(db, [topic, post], clerk)
    assert WORDS in [opinion.text for opinion in await everything(db, draft.id)]
    await confirm_all(db, clerk, draft.id)
    await digests.publish_digest(db, clerk, draft.id)
    page = await client.get(f"/receipts/{receipt}")
    assert "論点" in text_of(parsed(page))
    await decide(db, await a_moderator(db), post, Act.HIDE)
    page = await client.get(f"/receipts/{receipt}")
    assert WORDS not in page.text
    assert "いまは公開していません" in page.text


@pytest.mark.parametrize(
    "change",
    [
        "delete from proxy_entries",
        "update proxy_entries set post_id = :opening",
    ],
)
async def test_verifying_misses_an_entry_and_finds_one_of_somebody_else_s_words(
    db: Database, change: str
) -> None:
    topic, clerk = await a_topic(db), await a_staff_member(db)
    post, _ = await an_entry(db, clerk, topic)
    await db.run("set local session_replication_role = replica")
    await db.run(change.replace(":opening", str(topic.id)))
    found = [line async for line in proofs.mismatches(db)]
    assert f"post {post.id}: by somebody without an account, and no section entered it" in found
    forged = f"proxy entry of post {topic.id}: its author has an account"
    assert (forged in found) == ("update" in change)


async def test_whoever_guesses_finds_nothing(client: httpx.AsyncClient) -> None:
    for typed in ("U-22222-22222", "なにか"):
        page = await client.post("/receipts", data={"receipt": typed})
        assert set(problems(parsed(page))) == {"receipt"}
    assert (await client.get("/receipts/U-22222-22222")).status_code == 404


def test_numbers_are_read_as_people_write_them() -> None:
    assert read_receipt("ｕ－abcde fghjk") == "U-ABCDE-FGHJK"
    assert read_receipt("U-ABCDE-FGHJ") is None


async def test_whoever_presses_twice_enters_once(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    topic, clerk = await a_topic(db), await a_staff_member(db)
    await login(client, clerk.id or 0)
    there = f"/topics/{topic.topic_id}/proxy"

    async def typed() -> dict[str, str]:
        filled = {"channel": "counter", "body": WORDS, "verbatim": "on"}
        return values(parsed(await client.get(there))) | filled

    async def sent(form: dict[str, str]) -> str:
        return (await client.post(there, data=form)).headers["location"]

    first = await typed()
    receipts = [await sent(first), await sent(first)]
    assert receipts[0] == receipts[1]
    # Other words from a page that was gone back to, the same words from another paper, and a number that nobody made.
    receipts += [await sent(first | {"body": "べつの人の意見です。"}), await sent(await typed())]
    receipts += [await sent(first | {"once": "forged"})]
    assert len(set(receipts)) == 4
    assert await db.value("select count(*) from proxy_entries where entered_by = :id", id=clerk.id) == 4


async def test_of_two_presses_at_once_one_enters(own_database: str) -> None:
    async with connected(own_database) as db:
        topic, clerk = await a_topic(db), await a_staff_member(db)
        form = Entry(channel=Channel.FAX, received_on=clock.now().date(), body=WORDS, verbatim="on")
        receipt = new_receipt()
        entered = await asyncio.gather(
            *(actions.enter(db, clerk, topic.topic_id, form, receipt) for _ in range(3))
        )
        assert {number for _post, number in entered} == {receipt}
        assert await db.value("select count(*) from proxy_entries") == 1
