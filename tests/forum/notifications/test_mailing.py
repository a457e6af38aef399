"""What comes by mail, and when: at once, in a summary, in one mail, or not."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import AnyHttpUrl
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.accounts import actions as accounts
from forum.accounts.queries import leaving
from forum.db import Database
from forum.notifications import actions, queries
from forum.notifications.jobs import ask_for_summaries, notices_mail
from forum.notifications.rules import MAILED_MAX, OPTIONAL_IN_ROOM, Choice, Mail, Subject
from forum.notifications.unsubscribing import address
from forum.settings import Settings
from forum.site import make_site
from forum.web import Site
from tests import judging
from tests.conftest import Login
from tests.factories import a_board, a_moderator, a_post, a_staff_member, a_topic, an_account
from tests.pages import links, parsed, text_of

# A Wednesday noon in Tokyo; summaries are made at seven.
NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)
NEXT_MORNING, NEXT_MONDAY = NOON + timedelta(hours=20), NOON + timedelta(days=4, hours=20)
ALL_OFF = dict.fromkeys((f"{subject}_mail" for subject in Subject), "off")


@pytest.fixture
def site(settings: Settings, db: Database) -> Site:
    return make_site(
        settings.model_copy(update={"public_url": AnyHttpUrl("https://kaigi.example.lg.jp")}), db
    )


@pytest.fixture
async def hana(db: Database) -> Actor:
    return await an_account(db)


async def mails(site: Site, person: Actor, moment: datetime) -> list[EmailMessage]:
    """What the worker sends to the person at that time."""
    folder = site.settings.var_dir / "mail"
    before = set(folder.glob("*.eml"))
    with clock.at(moment):
        await notices_mail(site, {"account_id": person.id})
    new = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in set(folder.glob("*.eml")) - before
    ]
    assert all(isinstance(message, EmailMessage) for message in new)
    return new


async def chooses(db: Database, person: Actor, subject: Subject, mail: Mail, *, in_room: bool = True) -> None:
    await actions.choose(db, person.id or 0, [Choice(subject, in_room, mail)])


async def is_answered(db: Database, person: Actor, *bodies: str) -> None:
    question = await a_topic(db, person)
    for body in bodies:
        await a_post(db, topic=question, reply_to_id=question.id, body=body)


async def inbox_of(db: Database, person: Actor) -> list[queries.Notification]:
    return await queries.page_of_account(db, person.id or 0, before=2**62, limit=100)


async def test_all_that_one_act_tells_is_one_mail(db: Database, site: Site, hana: Actor) -> None:
    """Six groups of opinions are answered at once: six notices, six jobs, one mail."""
    async with db.transaction():
        for n in range(6):
            await actions.tell(
                db, hana.id or 0, "consultation_answered", f"/consultations/1/results/{n}",
                title="環境基本計画", group=f"論点{n}", category="反映", category_en="", answer_sha256="0" * 64,
            )  # fmt: skip
    [mail] = await mails(site, hana, clock.now())
    assert mail["Subject"] == "【小金井市 市民会議室】お知らせ6件"
    text = mail.get_content()
    assert [
        f"論点{n}" in text and f"https://kaigi.example.lg.jp/consultations/1/results/{n}\n" in text
        for n in range(6)
    ]
    assert await mails(site, hana, clock.now()) == []
    assert len(await inbox_of(db, hana)) == 6


async def test_a_summary_comes_once_a_day_sorted_by_topic_and_not_for_nothing(
    db: Database, site: Site, hana: Actor
) -> None:
    await chooses(db, hana, Subject.ANSWERS, Mail.DAILY)
    with clock.at(NOON):
        green, water = await a_topic(db, hana, title="野川の緑"), await a_topic(db, hana, title="湧き水")
        for topic, body in ((green, "緑の一"), (water, "水の一"), (green, "緑の二"), (water, "ひどい言葉")):
            last = await a_post(db, topic=topic, reply_to_id=topic.id, body=body)
        await judging.hide(db, await a_moderator(db), last.id)
    assert await mails(site, hana, NOON + timedelta(hours=18)) == []
    [mail] = await mails(site, hana, NEXT_MORNING)
    text = mail.get_content()
    assert mail["Subject"] == "【小金井市 市民会議室】お知らせ4件"
    assert text.count("■ 話題「野川の緑」") == 1
    assert text.index("緑の一") < text.index("緑の二") < text.index("水の一")
    assert "ひどい言葉" not in text
    assert await mails(site, hana, NEXT_MORNING + timedelta(days=1)) == []


async def test_what_a_long_mail_leaves_out_is_in_the_inbox_whatever_was_chosen(
    db: Database, site: Site, hana: Actor
) -> None:
    await chooses(db, hana, Subject.ANSWERS, Mail.DAILY, in_room=False)
    said = [f"声{n}。" for n in range(MAILED_MAX + 2)]
    with clock.at(NOON):
        await is_answered(db, hana, *said)
    assert await inbox_of(db, hana) == []
    [mail] = await mails(site, hana, NEXT_MORNING)
    text = mail.get_content()
    assert "ほかに2件あります。受信箱で読めます。" in text
    assert [words for words in said if words not in text] == said[MAILED_MAX:]
    assert [notice.params["excerpt"] for notice in await inbox_of(db, hana)] == said[:-3:-1]


async def test_a_weekly_summary_waits_for_monday(db: Database, site: Site, hana: Actor) -> None:
    await chooses(db, hana, Subject.ANSWERS, Mail.WEEKLY)
    with clock.at(NOON):
        await is_answered(db, hana, "なぜですか。")
    assert await mails(site, hana, NEXT_MORNING) == []
    assert len(await mails(site, hana, NEXT_MONDAY)) == 1


async def test_what_was_read_meanwhile_is_mailed_no_more(db: Database, site: Site, hana: Actor) -> None:
    await is_answered(db, hana, "なぜですか。")
    await actions.read_all(db, hana.id or 0)
    assert await mails(site, hana, clock.now()) == []


async def test_only_those_with_something_due_get_a_summary(db: Database, site: Site, hana: Actor) -> None:
    idle = await an_account(db)
    for person in (hana, idle):
        await chooses(db, person, Subject.ANSWERS, Mail.DAILY)
    with clock.at(NOON):
        await is_answered(db, hana, "なぜですか。")
        await ask_for_summaries(site, {})
        assert await receivers(db, site) == []
    with clock.at(NEXT_MORNING):
        assert await receivers(db, site) == [hana.id]


async def receivers(db: Database, site: Site) -> list[int]:
    """For whom the chore of this hour asks for a mail; notices of other tests are rolled back with them."""
    now, zone = clock.now(), site.renderer.zone
    return await queries.receivers_of_mail(
        db, now=now, morning=actions.last_morning(now, zone), monday=actions.last_monday(now, zone)
    )


async def test_a_mail_that_fails_is_tried_again_and_one_on_its_way_is_not_sent_twice(
    db: Database, site: Site, hana: Actor
) -> None:
    await is_answered(db, hana, "なぜですか。")

    async def busy() -> None:
        async with actions.mailing(db, hana.id or 0, site.renderer.zone) as taken:
            assert len(taken) == 1
            assert await mails(site, hana, clock.now()) == []
            raise OSError("busy")

    with pytest.raises(OSError, match="busy"):
        await busy()
    assert len(await mails(site, hana, clock.now())) == 1


async def test_who_wants_nothing_about_replies_gets_none_and_still_hears_of_decisions(
    db: Database, site: Site, hana: Actor, client: httpx.AsyncClient, login: Login
) -> None:
    """Through the page of the settings, as it works without scripts."""
    await login(client, hana.id or 0)
    page = parsed(await client.get("/inbox/settings"))
    assert text_of(page).count("受信箱には、必ず届きます。") == 3
    assert "担当している仕事" not in text_of(page)
    saved = await client.post("/inbox/settings", data=ALL_OFF)
    assert saved.headers["location"] == "/inbox/settings"
    assert set(await queries.choices(db, hana.id or 0)) == {
        Choice(subject, subject not in OPTIONAL_IN_ROOM, Mail.OFF)
        for subject in Subject
        if subject is not Subject.WORK
    }
    question = await a_topic(db, hana)
    await a_post(db, topic=question, reply_to_id=question.id)
    assert await inbox_of(db, hana) == []
    async with db.transaction():
        await actions.tell(db, hana.id or 0, "rights_refused", "/", receipt="R-1", reason="理由")
    assert len(await inbox_of(db, hana)) == 1
    assert await mails(site, hana, clock.now()) == []


async def test_only_mail_leaves_the_counter_alone(
    db: Database, site: Site, hana: Actor, client: httpx.AsyncClient, login: Login
) -> None:
    await chooses(db, hana, Subject.ANSWERS, Mail.AT_ONCE, in_room=False)
    await is_answered(db, hana, "なぜですか。")
    await login(client, hana.id or 0)
    assert 'data-live-number="0"' in (await client.get("/guide")).text
    assert "なぜですか。" not in (await client.get("/inbox")).text
    [mail] = await mails(site, hana, clock.now())
    assert "なぜですか。" in mail.get_content()


async def test_a_choice_that_is_none_is_refused_and_guests_log_in_first(
    client: httpx.AsyncClient, db: Database, hana: Actor, login: Login
) -> None:
    for answer in (await client.get("/inbox/settings"), await client.post("/inbox/settings", data=ALL_OFF)):
        assert answer.headers["location"] == "/login?next=/inbox/settings"
    await login(client, hana.id or 0)
    refused = await client.post("/inbox/settings", data=ALL_OFF | {"city_mail": "hourly"})
    assert refused.status_code == 422
    assert "選択肢から選んでください。" in refused.text
    assert await queries.choices(db, hana.id or 0) == []


async def test_one_click_ends_mail_without_logging_in_from_anywhere(
    db: Database, site: Site, app: Starlette, client: httpx.AsyncClient, hana: Actor
) -> None:
    """As mail programs press it (RFC 8058), and people who open the link."""
    await is_answered(db, hana, "なぜですか。")
    [mail] = await mails(site, hana, clock.now())
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https://kaigi\.example\.lg\.jp(/unsubscribe/[\w.-]+)>", mail["List-Unsubscribe"])
    assert found
    await is_answered(db, hana, "もう一つ。")
    page = await client.get(found[1])
    assert "自分への返信、引用、呼びかけ" in text_of(parsed(page))
    assert await queries.choices(db, hana.id or 0) == []
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Origin": "https://mail.example.com",
        "Cookie": "session=other",
    }
    done = await client.post(found[1], data={"List-Unsubscribe": "One-Click"}, headers=headers)
    assert done.status_code == 200
    assert "/inbox/settings" in links(parsed(done))
    assert await queries.choices(db, hana.id or 0) == [Choice(Subject.ANSWERS, True, Mail.OFF)]
    assert await mails(site, hana, clock.now()) == []
    assert (await client.post("/unsubscribe/forged")).status_code == 404
    assert (await client.get(found[1] + "x")).status_code == 404


async def test_the_link_of_somebody_who_is_gone_ends_what_has_ended_and_keeps_nothing(
    db: Database, app: Starlette, client: httpx.AsyncClient, hana: Actor
) -> None:
    assert hana.id is not None
    with clock.at(clock.now() + timedelta(days=1)):
        await leaving.leave(db, hana.id, pen_name="退会した人", now=clock.now())
    for account_id in (hana.id, hana.id + 1_000_000):
        link = urlsplit(address(app.state.site, account_id, [Subject.ANSWERS])).path
        done = await client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "送らないようにしました" in text_of(parsed(done))
        assert await queries.choices(db, account_id) == []


async def test_no_mail_quotes_the_staff_room_to_somebody_who_left_it(
    db: Database, site: Site, app: Starlette
) -> None:
    clerk, room = await a_staff_member(db), await a_board(db, "staff")
    question = await a_topic(db, clerk, board=room, title="内部の話題")
    await a_post(db, await a_staff_member(db), topic=question, reply_to_id=question.id, body="内部の言葉")
    await accounts.change_role(db, clerk.id or 0, Role.RESIDENT)
    [mail] = await mails(site, clerk, clock.now())
    assert "内部" not in mail.get_content()


async def test_many_are_told_as_each_chose_and_in_no_more_statements_than_one(db: Database) -> None:
    people, spent = [(await an_account(db)).id or 0 for _ in range(5)], []
    await actions.choose(db, people[0], [Choice(Subject.WATCHED, False, Mail.OFF)])
    for told in (people[1:2], people):
        before = db.statements
        async with db.transaction():
            await actions.tell_all(db, told, "phase_begun", "/topics/1", topic="野川")
        spent.append(db.statements - before)
    assert spent[0] == spent[1]
    counts = [len(await queries.page_of_account(db, one, before=2**62, limit=9)) for one in people]
    assert counts == [0, 2, 1, 1, 1]
