"""Rights requests from the public form to the decision, on the database and over HTTP."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.accounts.actions.leaving import leave
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.posts.queries import posts
from forum.posts.rules import Edit, Post
from forum.sealed import Seal
from forum.topics.actions import discussing
from forum.web import Site
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer as Judged
from moderation.appeals.rules import Filing as Appeal
from moderation.reviews.actions import undoing
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions
from moderation.rights import actions, jobs, proofs, queries
from moderation.rights.rules import Filing, Judgement, Kind, Reply
from moderation.rights.web import filing
from tests.conftest import Login
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.life.screens import Overheard
from tests.moderation.appeals.test_appeals import mismatches
from tests.moderation.proxies.entries import an_entry
from tests.moderation.reviews.test_actions import decide, told
from tests.pages import actions as actions_of
from tests.pages import leaves, links, parsed, problems, values

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
NAME, ADDRESS = "小金井花子", "hanako@example.jp"
FILING = Filing(
    post="1",
    infringed="privacy",
    words="本町の家",
    reason="家を知られたくありません。",
    name=NAME,
    email=ADDRESS,
)
GRANTED = Judgement(outcome=Kind.GRANTED, rule=1, reason="住所がわかります。")
REFUSED = Judgement(outcome=Kind.REFUSED, reason="公表された話です。")


@pytest.fixture
def site(app: Starlette) -> Site:
    found: Site = app.state.site
    return found


async def claimed(db: Database, site: Site, filing: Filing = FILING) -> tuple[Post, int]:
    """A post, and a request about it."""
    post = await a_post(db, body="本町の家のことです。")
    view = await posts.view(db, post.id)
    assert view is not None
    return post, await actions.file(db, site.seal, view, filing)


async def asked(db: Database, site: Site) -> tuple[Post, int, Actor, Actor]:
    """A request whose author was asked: the post, the request, its author and the moderator."""
    post, number = await claimed(db, site)
    moderator = await a_moderator(db)
    await actions.ask(db, moderator, number, site.renderer.zone)
    return post, number, await actor(db, post.author_id), moderator


def mails(site: Site) -> list[tuple[str, str]]:
    """To whom, and everything that it says."""
    found = []
    for path in sorted(Path(site.settings.var_dir / "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append((str(message["to"]), f"{message['subject']}\n{body.get_content()}"))
    return found


async def test_the_author_is_asked_answers_and_a_moderator_decides(db: Database, site: Site) -> None:
    post, number, author, moderator = await asked(db, site)
    (notice,) = await told(db, author)
    assert (notice.kind, notice.params["words"]) == ("rights_asked", "本町の家")
    assert site.renderer.local(datetime.fromisoformat(notice.params["due_at"])).time() == time.max
    with pytest.raises(Conflict):  # the author was promised time
        await actions.decide(db, moderator, number, GRANTED)
    await actions.reply(db, author, number, Reply(answer=Kind.OBJECTED, body="町の名前だけです。"))
    assert (await the_post(db, post.id)).state == "visible"
    await actions.decide(db, moderator, number, GRANTED)
    assert (await the_post(db, post.id)).state == "hidden"
    assert [step.kind for step in await queries.steps(db, number)] == ["asked", "objected", "granted"]
    assert (await told(db, author))[0].kind == "decided"
    assert await mismatches(db) == []


async def test_whoever_would_never_answer_is_not_asked(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    """They left, or a section entered their words: to wait a week for them helps nobody."""
    moderator, (left, first) = await a_moderator(db), await claimed(db, site)
    async with db.transaction():
        await leave(db, left.author_id)
    entered, _receipt = await an_entry(db, await a_staff_member(db), await a_topic(db))
    view = await posts.view(db, entered.id)
    assert view is not None
    await login(client, moderator.id or 0)
    for number in (first, await actions.file(db, site.seal, view, FILING)):
        with pytest.raises(Conflict):
            await actions.ask(db, moderator, number, site.renderer.zone)
        desk = await client.get(f"/rights-requests/{number}")
        assert "たずねても、答えられる人がいません" in desk.text
        assert f"/rights-requests/{number}/ask" not in actions_of(parsed(desk))
        await actions.decide(db, moderator, number, REFUSED)
    assert await mismatches(db) == []


@pytest.mark.parametrize("leaves", [False, True])
async def test_nobody_waits_for_the_author_of_a_post_that_is_withdrawn(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login, leaves: bool
) -> None:
    """What would be decided at the end of the week is already so."""
    post, number, author, moderator = await asked(db, site)
    await discussing.withdraw(db, author, post.id)
    if leaves:
        async with db.transaction():
            await leave(db, post.author_id)
    await login(client, moderator.id or 0)
    typed = {"outcome": "gone", "reason": "書いた人が取り下げました。"}
    desk = await client.get(f"/rights-requests/{number}")
    assert f"/rights-requests/{number}/decision" in actions_of(parsed(desk))
    assert "答えを待たずに終わりにできます" in desk.text
    assert (await client.post(f"/rights-requests/{number}/decision", data=typed)).status_code == 303
    assert [step.kind for step in await queries.steps(db, number)] == ["asked", "gone"]
    assert await mismatches(db) == []


async def test_an_answer_that_comes_too_late_is_given_back(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    with clock.at(clock.now() - timedelta(days=9)):
        _, number, author, _ = await asked(db, site)
    await login(client, author.id or 0)
    typed = {"answer": "objected", "body": "町の名前だけです。"}
    page = await client.post(f"/rights-requests/{number}/reply", data=typed)
    assert (page.status_code, typed["body"] in page.text) == (403, True)


async def test_whoever_asked_sees_that_what_was_hidden_is_shown_again(
    db: Database, site: Site, client: httpx.AsyncClient
) -> None:
    post, number = await claimed(db, site)
    moderator, status = await a_moderator(db), jobs.secret_path(site, number)
    await actions.decide(db, moderator, number, GRANTED)
    assert "いまは公開されています" not in (await client.get(status)).text
    await decide(db, moderator, await the_post(db, post.id), Act.RESTORE)
    page = await client.get(status)
    assert "いまは公開されています" in page.text
    assert f"/moderation/log?post={post.id}" in links(parsed(page))


async def test_a_period_ends_on_the_day_that_is_named(
    db: Database, site: Site, client: httpx.AsyncClient
) -> None:
    """Asked on 1 April: until the 8th is over, and no page or mail speaks of the 9th."""
    with clock.at(NOW):
        _, number, _, _ = await asked(db, site)
        page = await client.get(jobs.secret_path(site, number))
        await jobs.rights_mail(site, {"request_id": number})
    ((_to, mail),) = mails(site)
    for said in (page.text, mail):
        assert "2026年4月8日 23:59" in said
        assert "4月9日" not in said


async def test_a_refused_request_leaves_the_post_and_is_on_the_log(db: Database, site: Site) -> None:
    post, number, author, moderator = await asked(db, site)
    with clock.at(clock.now() + timedelta(days=9)):
        with pytest.raises(Forbidden, match="期間"):
            await actions.reply(db, author, number, Reply(answer=Kind.OBJECTED))
        await actions.decide(db, moderator, number, REFUSED)
    assert (await the_post(db, post.id)).state == "visible"
    (line,) = await decisions.of_post(db, post.id)
    assert (line.act, line.reason) == (Act.KEEP, "公表された話です。")
    assert (await told(db, author))[0].kind == "rights_refused"
    assert await mismatches(db) == []


async def test_granting_needs_a_rule_and_a_post_that_is_there(db: Database, site: Site) -> None:
    post, number = await claimed(db, site)
    moderator = await a_moderator(db)
    with pytest.raises(Invalid) as refused:
        await actions.decide(db, moderator, number, Judgement(outcome=Kind.GRANTED, reason="x"))
    assert "rule" in refused.value.fields
    await decide(db, moderator, post, Act.HIDE)
    with pytest.raises(Conflict):
        await actions.decide(db, moderator, number, GRANTED)
    await actions.decide(db, moderator, number, Judgement(outcome=Kind.GONE, reason="非公開です。"))
    assert await mismatches(db) == []


async def test_of_two_decisions_the_second_is_told_that_it_is_late(db: Database, site: Site) -> None:
    _, number = await claimed(db, site)
    await actions.decide(db, await a_moderator(db), number, REFUSED)
    for again in (GRANTED, REFUSED):
        with pytest.raises(Conflict, match="次の段階"):
            await actions.decide(db, await a_moderator(db), number, again)


async def test_an_author_appeals_against_what_a_request_hid(db: Database, site: Site) -> None:
    post, number = await claimed(db, site)
    await actions.decide(db, await a_moderator(db), number, GRANTED)
    (hidden,) = await decisions.of_post(db, post.id)
    appeal = await appeals.file(
        db, await actor(db, post.author_id), hidden.id, Appeal(body="町の名前だけです。")
    )
    await appeals.answer(
        db, await a_moderator(db), appeal, Judged(outcome="overturned", reason="わかりません。")
    )
    assert (await the_post(db, post.id)).state == "visible"
    assert await mismatches(db) == []


async def test_a_kept_post_may_still_be_hidden_and_restored(db: Database, site: Site) -> None:
    """What was decided on a request overtakes nothing, and is overtaken by nothing."""
    post, number = await claimed(db, site)
    moderator = await a_moderator(db)
    hidden = await decide(db, moderator, post, Act.HIDE)
    await decide(db, moderator, await the_post(db, post.id), Act.RESTORE)
    await actions.decide(db, moderator, number, REFUSED)
    again = await decide(db, moderator, await the_post(db, post.id), Act.HIDE)
    assert hidden != again
    assert await appeals.file(db, await actor(db, post.author_id), again, Appeal(body="町の名前だけです。"))
    assert await mismatches(db) == []


async def test_nobody_handles_a_request_about_their_own_post(db: Database, site: Site) -> None:
    moderator = await a_moderator(db)
    post = await a_post(db, moderator)
    view = await posts.view(db, post.id)
    assert view is not None
    number = await actions.file(db, site.seal, view, FILING)
    for attempt in (
        actions.ask(db, moderator, number, UTC),
        actions.decide(db, moderator, number, REFUSED),
        actions.open_envelope(db, site.seal, moderator, number, "見たい"),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert await told(db, moderator) == []


async def test_every_look_at_who_asked_is_on_record(db: Database, site: Site) -> None:
    _, number = await claimed(db, site)
    moderator = await a_moderator(db)
    person = await actions.open_envelope(db, site.seal, moderator, number, "連絡のため")
    assert (person["name"], person["email"]) == (NAME, ADDRESS)
    (look,) = await queries.looks(db, number)
    assert look.reason == "連絡のため"
    with pytest.raises(Forbidden):
        await actions.open_envelope(db, site.seal, await an_account(db, Role.STAFF), number, "見たい")
    assert len(await queries.looks(db, number)) == 1


async def test_who_asked_is_forgotten_a_year_after_the_decision_and_everything_matches(
    db: Database, site: Site
) -> None:
    _, open_one = await claimed(db, site)
    _, number, author, moderator = await asked(db, site)
    await actions.reply(db, author, number, Reply(answer=Kind.OBJECTED))
    await actions.decide(db, moderator, number, REFUSED)
    for days, kept in ((364, True), (366, False), (367, False)):
        with clock.at(clock.now() + timedelta(days=days)):
            await jobs.forget(site, {})
        filed = await queries.filed(db, number)
        assert filed is not None
        assert (filed.sealed is not None) == kept
        assert await mismatches(db) == []
    with pytest.raises(Forbidden, match="保存の期間"):
        await actions.open_envelope(db, site.seal, moderator, number, "連絡のため")
    await jobs.rights_mail(site, {"request_id": number})
    waiting = await queries.filed(db, open_one)
    assert waiting is not None
    assert waiting.sealed is not None
    await db.run("set local session_replication_role = replica")
    for change, said in (
        ("update forgotten_claimants set kept_days = 1", "note that its envelope is gone was altered"),
        ("delete from forgotten_claimants", "its envelope is gone"),
    ):
        await db.run(change)
        assert any(said in line for line in [line async for line in proofs.mismatches(db)])


async def test_moderators_are_reminded_once_of_what_they_owe(db: Database, site: Site) -> None:
    moderator = await a_moderator(db)
    with clock.at(NOW):
        await claimed(db, site)
    reminded = []
    for hours in (1, 50, 51, 400):
        with clock.at(NOW + timedelta(hours=hours)):
            reminded.append(await actions.remind(db, site.renderer.zone))
    assert reminded == [0, 1, 0, 0]
    assert [notice.params["news"] for notice in await told(db, moderator)] == ["due", "received"]
    assert await mismatches(db) == []


async def test_whoever_asked_hears_of_every_step_by_mail_and_nobody_else_hears_of_them(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    """The name stands in the envelope alone: in no column, page, log, feed or notice."""
    post, number, author, moderator = await asked(db, site)
    await jobs.rights_mail(site, {"request_id": number})
    await actions.reply(db, author, number, Reply(answer=Kind.CONSENTED, body="消してください。"))
    await actions.decide(db, moderator, number, GRANTED)
    await jobs.rights_mail(site, {"request_id": number})
    first, last = sorted(mails(site), key=lambda mail: "結論が出ました" in mail[1])
    assert (first[0], last[0]) == (ADDRESS, ADDRESS)
    assert "書いた人に意見をたずねました" in first[1]
    assert "申出を認め" in last[1]
    assert "住所がわかります。" in last[1]
    assert "消してください" not in first[1] + last[1]  # what the author says is for the moderator
    secret = next(word for word in last[1].split() if "/rights-requests/status/" in word)
    seen = await client.get(secret[secret.index("/rights-requests") :])
    assert (seen.status_code, "申出を認め" in seen.text) == (200, True)
    assert "消してください" not in seen.text

    everything = [seen.text]
    for one in (None, author, moderator):
        if one:
            await login(client, one.id or 0)
        addresses = [
            f"/topics/{post.topic_id}",
            f"/posts/{post.id}",
            *(f"/moderation/log{form}" for form in ("", ".csv", ".json", ".atom")),
            "/transparency",
            "/inbox",
            "/rights-requests",
            f"/rights-requests/{number}",
            f"/rights-requests/{number}/reply",
        ]
        everything.extend([(await client.get(address)).text for address in addresses])
    tables = await db.rows("select table_name from information_schema.tables where table_schema = 'public'")
    for row in tables:
        lines = await db.rows(f'select t::text as line from "{row["table_name"]}" t')
        everything.extend(line["line"] or "" for line in lines)
    assert not [text for text in everything if NAME in text or ADDRESS in text]


async def test_whoever_asks_in_english_hears_in_english(
    db: Database, site: Site, client: httpx.AsyncClient
) -> None:
    """Whatever the moderator reads, who took the step."""
    post = await a_post(db)
    typed = {"post": f"/posts/{post.id}", "infringed": "other", "words": "x", "reason": "x", "name": NAME}
    client.cookies.set("locale", "en")
    sent = await client.post("/rights-requests/new", data={**typed, "email": ADDRESS})
    assert sent.status_code == 303
    number = int(await db.value("select max(id) from rights_requests"))
    await jobs.rights_mail(site, {"request_id": number})
    await actions.decide(db, await a_moderator(db), number, REFUSED)
    await jobs.rights_mail(site, {"request_id": number})
    for _to, said in mails(site):
        assert "受付番号" not in said
        assert "Receipt number" in said


async def test_a_desk_says_that_an_envelope_does_not_open(
    db: Database, app: Starlette, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    """With another key, nobody learns who asked, or whether they are told by letter; everything else is done as ever."""
    _, number = await claimed(db, site)
    moderator = await a_moderator(db)
    await login(client, moderator.id or 0)
    app.state.site = replace(site, seal=Seal("another key"))
    address, shut = f"/rights-requests/{number}", "封を開けられません"
    refused = await client.post(f"{address}/look", data={"why": "連絡のため"})
    assert (refused.status_code, shut in refused.text) == (403, True)
    assert await queries.looks(db, number) == []
    await actions.decide(db, moderator, number, REFUSED)
    desk = await client.get(address)
    assert (desk.status_code, shut in desk.text) == (200, True)
    assert f"{address}/look" not in actions_of(parsed(desk))


async def test_a_request_without_an_address_for_mail_sends_none_and_is_answered_by_letter(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    moderator, address = await a_moderator(db), "小金井市本町6-6-3"
    _, number = await claimed(db, site, FILING.model_copy(update={"email": None, "address": address}))
    _, by_mail = await claimed(db, site)
    await jobs.rights_mail(site, {"request_id": number})
    assert mails(site) == []
    await login(client, moderator.id or 0)
    for one, posted in ((number, True), (by_mail, False)):
        assert "手紙で知らせてください" not in (await client.get(f"/rights-requests/{one}")).text
        await actions.decide(db, moderator, one, REFUSED)
        desk = await client.get(f"/rights-requests/{one}")
        assert ("手紙で知らせてください" in desk.text, address in desk.text) == (posted, False)


async def test_anybody_files_a_request_and_follows_it(db: Database, client: httpx.AsyncClient) -> None:
    post = await a_post(db)
    page = await client.get(f"/rights-requests/new?post={post.id}")
    address = values(parsed(page))["post"]
    assert address.endswith(f"/posts/{post.id}")
    typed = {
        "post": address,
        "infringed": "honour",
        "words": "うそ",
        "reason": "事実ではありません。",
        "name": NAME,
    }
    refused = await client.post("/rights-requests/new", data=typed)
    assert refused.status_code == 422
    assert "メールアドレスか住所" in refused.text
    assert "事実ではありません。" in refused.text
    unknown = await client.post(
        "/rights-requests/new", data={**typed, "email": ADDRESS, "post": "/posts/99999"}
    )
    assert unknown.status_code == 422
    filed = await client.post("/rights-requests/new", data={**typed, "email": ADDRESS})
    assert filed.status_code == 303
    status = await client.get(filed.headers["location"])
    assert (status.status_code, NAME in status.text) == (200, False)
    assert "うそ" in status.text
    forged = filed.headers["location"][:-2]
    assert (await client.get(forged)).status_code == 404


async def test_whoever_presses_twice_asks_once(db: Database, client: httpx.AsyncClient) -> None:
    post = await a_post(db)
    there = f"/rights-requests/new?post={post.id}"
    typed = {"infringed": "other", "words": "x", "reason": "x", "name": NAME, "email": ADDRESS}

    async def sent(form: dict[str, str]) -> None:
        assert (await client.post("/rights-requests/new", data=form)).status_code == 303

    async def filed() -> int:
        return int(await db.value("select count(*) from rights_requests"))

    first = values(parsed(await client.get(there))) | typed
    first.pop("candidate", None)
    await sent(first)
    await sent(first)
    assert await filed() == 1
    # Going back to put an address right, another who says the same, and a number that nobody made.
    await sent(first | {"email": "h@example.jp"})
    await sent(values(parsed(await client.get(there))) | typed | {"candidate": "on"})
    await sent(first | {"once": "forged"})
    assert await filed() == 4


async def test_what_cannot_be_read_cannot_be_asked_about(db: Database, client: httpx.AsyncClient) -> None:
    """Else the form would say which posts there are."""
    post = await a_post(db)
    await decide(db, await a_moderator(db), post, Act.HIDE)
    typed = {"infringed": "other", "words": "x", "reason": "x", "name": NAME, "email": ADDRESS}
    answers = [
        (await client.post("/rights-requests/new", data={**typed, "post": f"/posts/{n}"})).status_code
        for n in (post.id, 99999)
    ]
    assert answers == [422, 422]


async def test_a_number_in_a_topic_is_no_address(db: Database, client: httpx.AsyncClient) -> None:
    """Readers see #1 above a post: another post, somewhere else, has that number in the whole room."""
    post = await a_post(db)
    typed = {"infringed": "other", "words": "x", "reason": "x", "name": NAME, "email": ADDRESS}
    for number in (str(post.id), f"#{post.number}"):
        page = await client.post("/rights-requests/new", data={**typed, "post": number})
        assert set(problems(parsed(page))) == {"post"}
    for address in (f"http://test/posts/{post.id}", f"/topics/{post.topic_id}?page=1#post-{post.id}"):
        assert (await client.post("/rights-requests/new", data={**typed, "post": address})).status_code == 303


@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
async def test_an_address_for_mail_that_shows_nothing_is_none(
    db: Database, client: httpx.AsyncClient, blank: str
) -> None:
    post = await a_post(db)
    typed = {"infringed": "other", "words": "x", "reason": "x", "name": NAME, "address": "本町6-6-3"}
    form = {**typed, "post": f"/posts/{post.id}", "email": blank}
    assert (await client.post("/rights-requests/new", data=form)).status_code == 303


async def test_every_request_is_found_page_by_page(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "SHOWN", 2)
    numbers = [(await claimed(db, site))[1] for _ in range(5)]
    await login(client, (await a_moderator(db)).id or 0)
    found = [
        link for leaf in [leaf async for leaf in leaves(client, "/rights-requests")] for link in links(leaf)
    ]
    assert [found.count(f"/rights-requests/{number}") for number in numbers] == [1] * 5


async def test_a_moderator_handles_a_request_in_the_browser(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    post, number = await claimed(db, site)
    address = f"/rights-requests/{number}"
    author, moderator = await actor(db, post.author_id), await a_moderator(db)
    await login(client, author.id or 0)
    assert (await client.get(address)).status_code == 404
    assert (await client.get(f"{address}/reply")).status_code == 404  # not asked yet
    await login(client, moderator.id or 0)
    assert address in links(parsed(await client.get("/rights-requests")))
    desk = await client.get(address)
    assert "本町の家" in desk.text
    assert NAME not in desk.text
    assert (await client.post(f"{address}/look", data={"why": ""})).status_code == 422
    opened = await client.post(f"{address}/look", data={"why": "連絡のため"})
    assert NAME in opened.text
    assert "no-store" in opened.headers["cache-control"]
    assert (await client.post(f"{address}/ask")).status_code == 303
    assert (await client.post(f"{address}/ask")).status_code == 409
    await login(client, author.id or 0)
    form = await client.get(f"{address}/reply")
    assert "本町の家" in form.text
    assert (
        await client.post(f"{address}/reply", data={"answer": "granted", "body": "私が決めます"})
    ).status_code == 422
    answered = await client.post(f"{address}/reply", data={"answer": "objected", "body": "町の名前です。"})
    assert answered.status_code == 303
    assert (
        await client.post(f"{address}/reply", data={"answer": "consented", "body": ""})
    ).status_code == 403
    await login(client, moderator.id or 0)
    assert "町の名前です。" in (await client.get(address)).text
    wrong = await client.post(f"{address}/decision", data={"outcome": "granted", "reason": "家がわかる"})
    assert wrong.status_code == 422
    assert "家がわかる" in wrong.text
    decided = await client.post(
        f"{address}/decision", data={"outcome": "granted", "rule": "1", "reason": "家がわかる"}
    )
    assert decided.status_code == 303
    assert (await the_post(db, post.id)).state == "hidden"
    assert (await client.get("/rights-requests")).status_code == 200


async def test_a_moderator_sees_that_a_post_was_rewritten_and_what_it_said(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    post, number = await claimed(db, site)
    await login(client, (await a_moderator(db)).id or 0)
    before = parsed(await client.get(f"/rights-requests/{number}"))
    edit = Edit(body="町の話です。", version=post.version)
    await discussing.edit(db, await actor(db, post.author_id), post.id, edit)
    after = parsed(await client.get(f"/rights-requests/{number}"))
    assert [f"/posts/{post.id}/revisions" in links(desk) for desk in (before, after)] == [False, True]


async def test_what_happened_never_changes(db: Database, site: Site) -> None:
    _, number, _, moderator = await asked(db, site)
    await actions.open_envelope(db, site.seal, moderator, number, "連絡のため")
    for table in ("rights_requests", "rights_steps", "rights_looks"):
        for change in (
            f"update {table} set id = default",
            f"delete from {table}",
            f"truncate {table} cascade",
        ):
            with pytest.raises(asyncpg.PostgresError):
                async with db.transaction():
                    await db.run(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update rights_requests set words = 'x'", "altered"),
        ("update rights_requests set sealed = 'x'", "altered"),
        ("update rights_requests set filed_at = filed_at - interval '1 day'", "altered"),
        ("update rights_steps set due_at = due_at - interval '5 days' where kind = 'asked'", "step 1 was altered"),
        ("update rights_steps set account_id = null where kind = 'asked'", "step 1 was altered"),
        ("delete from rights_steps where kind = 'asked'", "step 2 was altered"),
        ("update rights_requests set sealed = null", "envelope is gone"),
        ("delete from rights_requests", "was removed"),
        ("delete from rights_steps where kind = 'refused'", "and there is none"),
    ],
)  # fmt: skip
async def test_tampering_with_requests_is_found_and_named(
    db: Database, site: Site, change: str, said: str
) -> None:
    _, number, author, moderator = await asked(db, site)
    await actions.reply(db, author, number, Reply(answer=Kind.OBJECTED))
    await actions.decide(db, moderator, number, REFUSED)
    assert await mismatches(db) == []
    await db.run("set local session_replication_role = replica")
    await db.run(change)
    assert any(said in line for line in [line async for line in proofs.mismatches(db)])


async def test_an_envelope_that_does_not_open_or_is_another_s_is_named(db: Database, site: Site) -> None:
    """Also where every hash was made anew: the receipt is in the envelope, and nobody makes one without the key."""
    (_, one), (_, other) = await claimed(db, site), await claimed(db, site)
    await claimed(db, site)

    async def named(seal: Seal) -> list[str]:
        return [line.split(":")[0] async for line in proofs.mismatches_under_seal(db, seal)]

    assert await named(site.seal) == []
    assert len(await named(Seal("another key"))) == 3
    await db.run("set local session_replication_role = replica")
    await db.run(
        "update rights_requests r set sealed = o.sealed from rights_requests o where r.id = :one and o.id = :other",
        one=one,
        other=other,
    )
    assert await named(site.seal) == [f"rights request {one}"]


async def test_a_request_that_is_refused_after_a_post_was_revised_agrees_with_its_history(
    db: Database, site: Site
) -> None:
    author, moderator = await a_newcomer(db), await a_moderator(db)
    post = await a_post(db, author)
    view = await posts.view(db, post.id)
    assert view is not None
    number = await actions.file(db, site.seal, view, FILING)
    await decide(db, moderator, post, Act.RETURN)
    now = await the_post(db, post.id)
    await discussing.edit(db, author, post.id, Edit(body="直しました。", version=now.version))
    await actions.decide(db, moderator, number, REFUSED)
    assert await mismatches(db) == []


async def test_every_step_of_a_request_moves_the_counter_of_open_pages(db: Database, site: Site) -> None:
    heard = Overheard(db)
    post, number = await claimed(heard, site)
    moderator, author = await a_moderator(db), await actor(db, post.author_id)
    for step in (
        partial(actions.ask, heard, moderator, number, site.renderer.zone),
        partial(actions.reply, heard, author, number, Reply(answer=Kind.OBJECTED)),
        partial(actions.decide, heard, moderator, number, REFUSED),
    ):
        assert "QueueChanged" in "".join(heard.told)
        heard.told.clear()
        await step()
    assert "QueueChanged" in "".join(heard.told)


async def test_what_answers_a_request_is_no_slip_of_the_finger(db: Database, site: Site) -> None:
    """Whoever asked was told; taking it back is another judgement, with a reason."""
    _, number = await claimed(db, site)
    moderator = await a_moderator(db)
    await actions.decide(db, moderator, number, GRANTED)
    assert await undoing.undoable(db, moderator) is None


async def test_a_request_about_the_staff_room_is_for_those_who_read_it(
    db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    moderator, administrator = await a_moderator(db), await an_account(db, Role.ADMINISTRATOR)
    post = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    view = await posts.view(db, post.id)
    assert view is not None
    number = await actions.file(db, site.seal, view, FILING)
    assert [bool(await told(db, one)) for one in (moderator, administrator)] == [False, True]
    with pytest.raises(Forbidden):
        await actions.ask(db, moderator, number, site.renderer.zone)
    await actions.ask(db, administrator, number, site.renderer.zone)

    async def counted() -> tuple[bool, bool]:
        """On the page of requests, and in the report of the year."""
        page = await client.get("/rights-requests")
        year = site.renderer.local(clock.now()).year
        report = (await client.get(f"/transparency/{year}.json")).json()
        return "申出の数と結果" in page.text, "rights_requests" in str(report["figures"])

    assert await counted() == (False, False)
    await login(client, administrator.id or 0)
    assert await counted() == (True, False)
