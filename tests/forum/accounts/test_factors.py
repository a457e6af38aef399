"""The second factor: whoever has one logs in with a code besides the password, and nobody else is let in."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.accounts import codes, passwords
from forum.accounts.actions import change_password, entering, open_session, register, replace_password
from forum.accounts.actions import factors as actions
from forum.accounts.actions.factors import Shown
from forum.accounts.factors import CODE_MINUTES, PRESSED_TWICE, SETTING_UP_MINUTES, as_proven
from forum.accounts.queries import factors, identity
from forum.accounts.rules import ADDRESS_HELD, Account, Registration, key_mark
from forum.app import create_app
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid
from forum.logs import loggable_path
from forum.pace.rules import LIMITS
from forum.sealed import Seal
from forum.settings import Settings
from tests.conftest import SECRET, Login, visitor
from tests.factories import CHEAP, PASSWORD, a_board, a_moderator, a_staff_member, a_topic, an_account
from tests.forum.accounts.test_identity import NEW_PASSWORD, ask, link_in, moved, own
from tests.forum.accounts.test_web import mails, pen_name
from tests.pages import links, parsed, problems, text_of, values
from tests.waiting import waiting

SEAL = Seal(SECRET)
HOME = "/account/second-factor"


@dataclass(frozen=True)
class Owner:
    """Somebody with an app."""

    account: Account
    key: str
    spare: list[str]

    @property
    def code(self) -> str:
        return codes.code_at(self.key, codes.step_of(clock.now()))

    def credentials(self) -> dict[str, str]:
        return {"email": self.account.email, "password": PASSWORD}


async def an_owner(db: Database, person: Actor | None = None) -> Owner:
    """Set up two minutes ago, so that the codes of now are new."""
    account, key = await own(db, person or await an_account(db)), codes.new_key()
    with clock.at(clock.now() - timedelta(minutes=2)):
        shown = Shown(codes.code_at(key, codes.step_of(clock.now())), "a token")
        return Owner(account, key, await actions.set_up(db, SEAL, account, shown, key=key, password=PASSWORD))


async def let_in(db: Database, owner: Owner, code: str, login: str = "half a login") -> str:
    return await entering.log_in_with_code(
        db, SEAL, owner.account.id, key_mark(owner.account), Shown(code, login)
    )


def key_on(page: httpx.Response) -> str:
    return text_of(next(each for each in parsed(page).iter("span") if each.get("class") == "mono")).replace(
        " ", ""
    )


def codes_on(page: httpx.Response) -> list[str]:
    return re.findall(r"<li>([0-9 ]{14})</li>", page.text)


@asynccontextmanager
async def half_in(app: Starlette, owner: Owner, onward: str = "/") -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which the password was shown."""
    async with visitor(app) as client:
        answer = await client.post("/login", data={**owner.credentials(), "next": onward})
        assert answer.headers["location"].startswith("/login/code")
        yield client


async def test_somebody_sets_it_up_and_logs_in_with_it(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    person = await an_account(db)
    email = (await own(db, person)).email
    await login(client, person.id or 0)
    async with visitor(app) as elsewhere:
        await login(elsewhere, person.id or 0)
        page = await client.get(HOME)
        key = key_on(page)
        form = values(parsed(page)) | {
            "code": codes.code_at(key, codes.step_of(clock.now())),
            "current": PASSWORD,
        }
        done = await client.post(HOME, data=form)
        assert (done.status_code, done.headers["cache-control"]) == (200, "no-store")
        spare = codes_on(done)
        assert len({*spare}) == codes.SPARE_CODES
        assert await pen_name(client) == person.pen_name, "whoever sets it up stays"
        assert await pen_name(elsewhere) is None, "whoever showed the password alone does not"
    [mail] = await mails(app, db)
    assert "二要素認証が設定されました" in mail
    assert "予備のコードの残り" in (await client.get(HOME)).text
    with clock.at(clock.now() + timedelta(minutes=2)):
        async with visitor(app) as later:
            asked = await later.post(
                "/login", data={"email": email, "password": PASSWORD, "next": "/inbox?page=2"}
            )
            assert asked.headers["location"] == "/login/code?next=%2Finbox%3Fpage%3D2"
            assert await pen_name(later) is None
            page = await later.get(asked.headers["location"])
            form = values(parsed(page)) | {"code": codes.code_at(key, codes.step_of(clock.now()))}
            assert (await later.post("/login/code", data=form)).headers["location"] == "/inbox?page=2"
            assert await pen_name(later) == person.pen_name
            assert "login" not in later.cookies


async def test_a_password_alone_opens_nothing(app: Starlette, db: Database) -> None:
    owner = await an_owner(db)
    async with half_in(app, owner) as client:
        refused = await client.post("/login/code", data={"code": "000000"})
        assert (refused.status_code, list(problems(parsed(refused)))) == (422, ["code"])
        assert await pen_name(client) is None
        assert (
            await db.value("select count(*) from sessions where account_id = :id", id=owner.account.id) == 0
        )


async def test_a_wrong_password_is_refused_as_ever(client: httpx.AsyncClient, db: Database) -> None:
    owner = await an_owner(db)
    answers = []
    for email in (owner.account.email, "nobody@example.jp"):
        answer = await client.post("/login", data={"email": email, "password": NEW_PASSWORD})
        answers.append((answer.status_code, answer.text.replace(email, "…")))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("which", ["app", "spare"])
async def test_a_code_works_once_and_a_double_press_is_one(db: Database, which: str) -> None:
    owner = await an_owner(db)
    code = owner.code if which == "app" else owner.spare[3]
    assert await let_in(db, owner, code)
    assert await let_in(db, owner, code), "pressed twice"
    with pytest.raises(Invalid):
        await let_in(db, owner, code, "somebody else who saw it")
    with clock.at(clock.now() + PRESSED_TWICE), pytest.raises(Invalid):
        await let_in(db, owner, code)


async def test_a_code_before_one_that_was_taken_is_not_taken(db: Database) -> None:
    owner = await an_owner(db)
    before = codes.code_at(owner.key, codes.step_of(clock.now()) - 1)
    await let_in(db, owner, owner.code)
    with pytest.raises(Invalid):
        await let_in(db, owner, before, "another login")


async def test_whoever_types_a_code_that_was_used_is_told_to_wait_for_the_next(db: Database) -> None:
    """As after setting it up: on the other device the app shows the same code still."""
    owner = await an_owner(db)
    code = owner.code
    await let_in(db, owner, code)
    with pytest.raises(Invalid) as used:
        await let_in(db, owner, code, "another device")
    with pytest.raises(Invalid) as wrong:
        await let_in(db, owner, "000000", "another device")
    assert "もう使われました" in used.value.fields["code"]
    assert "コードが違います" in wrong.value.fields["code"]


async def test_of_two_who_show_the_same_code_at_once_one_is_let_in(own_database: str) -> None:
    async with connected(own_database) as db:
        owner = await an_owner(db)
        came = await asyncio.gather(
            *(let_in(db, owner, owner.spare[0], f"login {n}") for n in range(6)), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in came) == ["Invalid"] * 5 + ["str"]
        assert await db.value("select count(*) from sessions") == 1


async def test_every_use_of_a_spare_code_is_told_by_mail_with_what_is_left(
    app: Starlette, db: Database
) -> None:
    owner = await an_owner(db)
    await mails(app, db)
    for code in owner.spare[:2]:
        await let_in(db, owner, code)
    told = await mails(app, db)
    assert [re.findall(r"残りは(\d+)個", mail) for mail in told] == [["9"], ["8"]]
    assert f"http://127.0.0.1:8000{HOME}" in told[0]


async def test_half_a_login_ends_with_its_time_and_with_the_password(app: Starlette, db: Database) -> None:
    owner = await an_owner(db)
    async with half_in(app, owner, "/inbox") as client:
        with clock.at(clock.now() + timedelta(minutes=CODE_MINUTES, seconds=1)):
            late = await client.post("/login/code", data={"code": owner.code, "next": "/inbox"})
            assert late.headers["location"].startswith("/login?next=")
    async with half_in(app, owner) as client:
        token = await open_session(db, owner.account)
        await change_password(db, owner.account, PASSWORD, "another hash", token)
        refused = await client.post("/login/code", data={"code": owner.code, "next": "/inbox"})
        assert refused.status_code == 409
        assert "/login?next=/inbox" in links(parsed(refused))
        assert any(text_of(link) == "パスワードからやり直す" for link in parsed(refused).iter("a"))
        assert await pen_name(client) is None


@pytest.mark.parametrize("half", ["", "x", "bm9uZQ.x.y"])
async def test_without_half_a_login_no_code_is_asked_for(client: httpx.AsyncClient, half: str) -> None:
    client.cookies["login"] = half
    for answer in (
        await client.get("/login/code"),
        await client.post("/login/code", data={"code": "123456"}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2F")


async def test_nobody_tries_out_codes(app: Starlette, db: Database) -> None:
    owner = await an_owner(db)
    for n in range(LIMITS["code"].burst):
        async with half_in(app, owner) as client:
            assert (await client.post("/login/code", data={"code": f"00000{n}"})).status_code == 422
    async with half_in(app, owner) as client:
        refused = await client.post("/login/code", data={"code": owner.code})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) <= LIMITS["code"].every.total_seconds()
        assert "15分待ってから" in text_of(parsed(refused)), "nobody counts hundreds of seconds"
        assert await pen_name(client) is None


async def test_whoever_knew_the_password_of_before_keeps_nobody_out(app: Starlette, db: Database) -> None:
    """By trying out codes until nobody may try any more."""
    owner = await an_owner(db)
    async with half_in(app, owner) as thief, visitor(app) as client:
        async with db.transaction():
            await replace_password(db, owner.account.id, CHEAP.hash(NEW_PASSWORD))
        for n in range(LIMITS["code"].burst):
            assert (await thief.post("/login/code", data={"code": f"00000{n}"})).status_code == 409
        await client.post("/login", data=owner.credentials() | {"password": NEW_PASSWORD})
        assert (await client.post("/login/code", data={"code": owner.code})).status_code == 303


async def test_a_mistake_while_setting_up_keeps_the_key_that_the_app_has_read(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    person = await an_account(db)
    await login(client, person.id or 0)
    page = await client.get(HOME)
    key, form = key_on(page), values(parsed(page))
    right = {"code": codes.code_at(key, codes.step_of(clock.now())), "current": PASSWORD}
    for wrong, field in (
        ({"code": "12"}, "code"),
        ({"code": "000000"}, "code"),
        ({"current": "いいえ"}, "current"),
    ):
        refused = await client.post(HOME, data=form | right | wrong)
        assert (refused.status_code, list(problems(parsed(refused)))) == (422, [field])
        assert key_on(refused) == key
        assert PASSWORD not in refused.text
    assert not await factors.has_one(db, person.id or 0)
    assert (await client.post(HOME, data=form | right)).status_code == 200


async def test_a_key_of_somebody_else_or_of_long_ago_is_not_taken(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    await login(client, (await an_account(db)).id or 0)
    async with visitor(app) as thief:
        await login(thief, (await an_account(db)).id or 0)
        theirs = await thief.get(HOME)
    mine = await client.get(HOME)
    for page, wait in ((theirs, timedelta()), (mine, timedelta(minutes=SETTING_UP_MINUTES, seconds=1))):
        with clock.at(clock.now() + wait):
            code = codes.code_at(key_on(page), codes.step_of(clock.now()))
            refused = await client.post(HOME, data=values(parsed(page)) | {"code": code, "current": PASSWORD})
            assert refused.status_code == 422
            assert key_on(refused) not in (key_on(theirs), key_on(mine))


async def test_a_double_press_shows_the_same_spare_codes_again(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    await login(client, (await an_account(db)).id or 0)
    page = await client.get(HOME)
    code = codes.code_at(key_on(page), codes.step_of(clock.now()))
    form = values(parsed(page)) | {"code": code, "current": PASSWORD}
    first, second = await client.post(HOME, data=form), await client.post(HOME, data=form)
    assert codes_on(first) == codes_on(second) != []


async def test_a_second_factor_is_not_replaced_by_another(db: Database) -> None:
    owner = await an_owner(db)
    key = codes.new_key()
    shown = Shown(codes.code_at(key, codes.step_of(clock.now())), "a thief's")
    with pytest.raises(Conflict):
        await actions.set_up(db, SEAL, owner.account, shown, key=key, password=PASSWORD)
    assert await let_in(db, owner, owner.code)


async def test_spare_codes_are_renewed_with_a_code_and_the_old_ones_work_no_more(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    owner = await an_owner(db)
    await login(client, owner.account.id)
    refused = await client.post(f"{HOME}/codes", data={"code": "000000"})
    assert (refused.status_code, list(problems(parsed(refused)))) == (422, ["code"])
    renewed = await client.post(f"{HOME}/codes", data={"code": owner.spare[0]})
    assert renewed.headers["cache-control"] == "no-store"
    spare = codes_on(renewed)
    assert len({*spare}) == codes.SPARE_CODES
    with pytest.raises(Invalid):
        await let_in(db, owner, owner.spare[1])
    assert await let_in(db, owner, spare[1].replace(" ", ""))


async def test_it_is_given_up_with_a_code_and_the_password_is_enough_again(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    owner = await an_owner(db)
    await login(client, owner.account.id)
    await mails(app, db)
    assert (await client.post(f"{HOME}/end", data={"code": "000000"})).status_code == 422
    form = {"code": owner.code}
    for _ in range(2):  # pressed twice
        assert (await client.post(f"{HOME}/end", data=form)).headers["location"] == "/account#password"
    assert await pen_name(client) == owner.account.pen_name
    [mail] = await mails(app, db)
    assert "二要素認証がなくなりました" in mail
    async with visitor(app) as elsewhere:
        assert (await elsewhere.post("/login", data=owner.credentials())).headers["location"] == "/"


async def test_whoever_has_none_renews_nothing(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    await login(client, (await an_account(db)).id or 0)
    refused = await client.post(f"{HOME}/codes", data={"code": "123456"})
    assert refused.status_code == 409
    assert key_on(refused)


async def test_only_whoever_owns_the_address_sets_one_up(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """Otherwise its owner, whose registration takes the place of this one, would be kept out."""
    assert (await client.get(HOME)).headers["location"] == f"/login?next={HOME}"
    registration = Registration(pen_name="はけの道", email="hake@example.jp", password=PASSWORD)
    await login(client, await register(db, registration, CHEAP.hash(PASSWORD)) or 0)
    assert (await client.get(HOME)).status_code == 403
    assert (
        await client.post(HOME, data={"code": "123456", "current": PASSWORD, "setup": "x"})
    ).status_code == 403


async def test_keys_are_sealed_and_another_key_of_the_site_opens_nobody_s(db: Database) -> None:
    owner = await an_owner(db)
    factor = await factors.factor(db, owner.account.id)
    assert factor is not None
    assert owner.key.encode() not in factor.sealed
    with pytest.raises(Forbidden):
        await entering.log_in_with_code(
            db, Seal("x" * 40), owner.account.id, key_mark(owner.account), Shown(owner.code, "half a login")
        )


async def test_whoever_logs_in_while_it_is_set_up_is_asked_for_a_code(own_database: str) -> None:
    async with connected(own_database) as db:
        account, key = await own(db, await an_account(db)), codes.new_key()
        shown = Shown(codes.code_at(key, codes.step_of(clock.now())), "a token")
        async with db.transaction():
            await identity.locked(db, account.id)
            late = await waiting(db, entering.log_in(db, account.email, PASSWORD))
            await actions.set_up(db, SEAL, account, shown, key=key, password=PASSWORD)
        assert (await late)[1] is None
        assert await db.value("select count(*) from sessions") == 0


async def test_whoever_changes_the_password_while_it_is_set_up_elsewhere_is_not_let_in(
    app: Starlette, db: Database, login: Login
) -> None:
    """A thief begins to send the form, and goes on once the owner has a second factor."""
    person = await an_account(db)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"current="
        await an_owner(db, person)
        yield urlencode({"": PASSWORD, "password": NEW_PASSWORD})[1:].encode()

    async with visitor(app) as thief:
        await login(thief, person.id or 0)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        refused = await thief.post("/account/password", content=slowly(), headers=headers)
        assert refused.status_code == 409
        assert await pen_name(thief) is None
    assert await passwords.matches(PASSWORD, (await own(db, person)).password_hash)


CLERK = Actor(id=1, role=Role.STAFF, section_id=3, confirmed=True)
RESIDENT = Actor(id=1, role=Role.RESIDENT, confirmed=True)
OF_A_BOARD = Actor(
    id=1,
    role=Role.RESIDENT,
    moderates_boards=frozenset({2}),
    facilitates_boards=frozenset({3}),
    confirmed=True,
)


@pytest.mark.parametrize(
    ("who", "counts"),
    [
        (Actor(), True),
        (RESIDENT, True),
        (Actor(id=1, role=Role.RESIDENT, facilitates_boards=frozenset({3})), True),
        (CLERK, False),
        (Actor(id=1, role=Role.MODERATOR), False),
        (Actor(id=1, role=Role.ADMINISTRATOR), False),
        (OF_A_BOARD, False),
        (Actor(id=1, role=Role.ADMINISTRATOR, has_second_factor=True), True),
    ],
)
def test_an_office_counts_with_a_second_factor_where_the_town_asks_for_it(who: Actor, counts: bool) -> None:
    assert as_proven(who, is_required=False) == who
    proven = as_proven(who, is_required=True)
    assert (proven == who) is counts
    assert proven.lacks_second_factor is not counts
    if not counts:
        assert (proven.role, proven.section_id, proven.is_moderator) == (Role.RESIDENT, None, False)
        assert proven.facilitates_boards == who.facilitates_boards


@pytest.fixture
def demanding(settings: Settings, db: Database, migrated_url: str) -> Starlette:
    """A town that asks for a second factor."""
    return create_app(settings.model_copy(update={"second_factor": "required"}), db, migrated_url)


@pytest.mark.parametrize("office", ["moderator", "clerk"])
async def test_an_office_waits_for_the_second_factor(
    demanding: Starlette, db: Database, login: Login, office: str
) -> None:
    post = await a_topic(db, await a_staff_member(db), board=await a_board(db, kind="staff"))
    person = await (a_moderator(db) if office == "moderator" else a_staff_member(db))
    address = "/queue" if office == "moderator" else f"/topics/{post.topic_id}"
    async with visitor(demanding) as client:
        await login(client, person.id or 0)
        assert (await client.get(address)).status_code in (403, 404)
        page = await client.get(HOME)
        assert "あなたの役割を使うには" in page.text
        code = codes.code_at(key_on(page), codes.step_of(clock.now()))
        done = await client.post(HOME, data=values(parsed(page)) | {"code": code, "current": PASSWORD})
        assert "あなたの役割を使うには" not in done.text
        assert (await client.get(address)).status_code == 200


async def test_pages_that_residents_share_show_no_office_that_waits(
    demanding: Starlette, db: Database, login: Login
) -> None:
    post, resident, moderator = await a_topic(db), await an_account(db), await a_moderator(db)
    address = f"/topics/{post.topic_id}"
    async with visitor(demanding) as one, visitor(demanding) as other:
        for client, person in ((one, resident), (other, moderator)):
            client.cookies["scripts"] = "1"
            await login(client, person.id or 0)
        for _ in range(2):
            assert "あなたの役割を使うには" not in (await one.get(address)).text
            shown = (await other.get(address)).text
            assert "あなたの役割を使うには" in shown
            assert 'data-role="resident"' in shown
            assert "data-moderates" not in shown


async def test_two_browsers_that_show_the_password_in_the_same_second_are_two(
    app: Starlette, db: Database
) -> None:
    """Of two who show a code that both have seen, one is let in."""
    owner = await an_owner(db)
    with clock.at(clock.now()):
        async with half_in(app, owner) as one, half_in(app, owner) as other:
            assert (await one.post("/login/code", data={"code": owner.code})).status_code == 303
            assert (await other.post("/login/code", data={"code": owner.code})).status_code == 422
            assert await pen_name(other) is None


@pytest.mark.parametrize("code", ["123456", "123 456", "１２３４５６", "12"])
async def test_whoever_is_late_begins_anew_and_comes_back_to_where_they_were(
    app: Starlette, db: Database, code: str
) -> None:
    owner = await an_owner(db)
    async with half_in(app, owner, "/inbox") as client:
        form = values(parsed(await client.get("/login/code?next=/inbox"))) | {"code": code}
        with clock.at(clock.now() + timedelta(minutes=CODE_MINUTES, seconds=1)):
            late = await client.post("/login/code", data=form)
            assert (late.status_code, late.headers["location"]) == (303, "/login?next=%2Finbox")


async def test_no_page_gives_a_code_back_to_whose_login_has_ended(client: httpx.AsyncClient) -> None:
    form = {"code": "1234 5678 9012", "current": "ひみつの言葉はこれです", "setup": "x"}
    for address in (HOME, f"{HOME}/codes", f"{HOME}/end"):
        ended = await client.post(address, data=form)
        assert (ended.status_code, ended.headers["location"]) == (303, f"/login?next={HOME}")


async def test_no_browser_keeps_the_page_with_the_key(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    await login(client, (await an_account(db)).id or 0)
    for page in (await client.get(HOME), await client.post(HOME, data={"code": "000000"})):
        assert key_on(page)
        assert page.headers["cache-control"] == "no-store"


def link_back(mail: str) -> str:
    found = re.search(r"http://\S+(/account/second-factor/back/\S+)", mail)
    assert found, mail
    return found[1]


async def test_whoever_did_not_set_it_up_takes_the_account_back(app: Starlette, db: Database) -> None:
    """A thief who knows the password, and keeps its owner out with an app of their own."""
    thief = await an_owner(db)
    [told] = await mails(app, db)
    back, email = link_back(told), thief.account.email
    async with visitor(app) as owner, visitor(app) as inside:
        inside.cookies["session"] = await let_in(db, thief, thief.code)
        shown = await owner.get(back)
        assert thief.account.pen_name in text_of(parsed(shown))
        assert await factors.has_one(db, thief.account.id), "mail scanners open links"
        weak = await owner.post(back, data={"password": "password12"})
        assert (weak.status_code, list(problems(parsed(weak)))) == (422, ["password"])
        assert (await owner.post(back, data={"password": NEW_PASSWORD})).headers["location"] == "/login"
        assert await pen_name(inside) is None
        assert (await owner.post(back, data={"password": PASSWORD})).status_code == 404, "a link works once"
        entered = await owner.post("/login", data={"email": email, "password": NEW_PASSWORD})
        assert entered.headers["location"] == "/"
    assert "二要素認証がなくなりました" in (await mails(app, db))[-1]


async def test_the_way_back_from_a_second_factor_ends_and_is_of_that_one_alone(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    owner = await an_owner(db)
    [told] = await mails(app, db)
    back = link_back(told)
    assert (await client.get(back)).status_code == 200
    with clock.at(clock.now() + ADDRESS_HELD):
        assert (await client.get(back)).status_code == 404
    assert (await client.get(f"{HOME}/back/forged")).status_code == 404
    await actions.give_up(db, SEAL, owner.account.id, Shown(owner.code, "a token"))
    assert (await client.get(back)).status_code == 404
    another = codes.new_key()
    shown = Shown(codes.code_at(another, codes.step_of(clock.now())), "a token")
    await actions.set_up(db, SEAL, owner.account, shown, key=another, password=PASSWORD)
    assert (await client.get(back)).status_code == 404


def test_no_log_keeps_the_way_back() -> None:
    assert loggable_path(f"{HOME}/back/WzEsIjIwMjYi.x") == f"{HOME}/back/***"


@pytest.mark.parametrize("whose", ["thief's", "owner's"])
async def test_the_way_back_to_an_address_ends_a_second_factor_from_after_the_change(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login, whose: str
) -> None:
    person = await an_account(db)
    email = (await own(db, person)).email
    if whose == "owner's":
        await an_owner(db, person)
    await login(client, person.id or 0)
    with clock.at(clock.now() - timedelta(minutes=1)):
        await mails(app, db)
        back = await moved(client, app, db, "thief@example.jp")
    if whose == "thief's":
        with clock.at(clock.now() + timedelta(minutes=3)):
            await an_owner(db, person)
    assert (await client.post(back, data={"password": NEW_PASSWORD})).headers["location"] == "/login"
    async with visitor(app) as owner:
        entered = await owner.post("/login", data={"email": email, "password": NEW_PASSWORD})
        assert entered.headers["location"].startswith("/login/code") is (whose == "owner's")


async def test_an_address_that_was_asked_for_with_the_password_alone_is_not_taken_any_more(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    """A thief asked before its owner set up a second factor."""
    person = await an_account(db)
    await login(client, person.id or 0)
    with clock.at(clock.now() - timedelta(hours=1)):
        await ask(client, "thief@example.jp")
        [asked] = await mails(app, db)
    await an_owner(db, person)
    assert (await client.post(link_in(asked))).status_code == 404
    await login(client, person.id or 0)
    await mails(app, db)
    assert await moved(client, app, db, "new@example.jp")
