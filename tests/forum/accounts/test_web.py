"""Registering, logging in and out, as a visitor meets them."""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest
from pydantic import AnyHttpUrl
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.accounts import queries as accounts
from forum.accounts import rules
from forum.accounts.actions import appoint, confirm, register
from forum.accounts.rules import SESSION_LASTS
from forum.app import JOBS, create_app
from forum.db import Database
from forum.errors import NotFound
from forum.notifications.actions import tell
from forum.pace.rules import LIMITS
from forum.settings import Settings
from forum.text import fold
from tests.conftest import Login, visitor
from tests.factories import PASSWORD, a_newcomer, an_account
from tests.pages import actions, parsed, problems, text_of, values

NEW = {"pen_name": "はけの道", "email": "hake@example.jp", "password": PASSWORD}


async def mails(app: Starlette, db: Database) -> list[str]:
    """Runs the jobs that wait; the words of the mails they wrote, oldest first."""
    folder: Path = app.state.site.settings.var_dir / "mail"
    before = set(folder.glob("*"))
    for job in await db.rows("delete from pgqueuer returning id, entrypoint, payload"):
        await JOBS[job["entrypoint"]](app.state.site, json.loads(job["payload"]))
    written = sorted(set(folder.glob("*")) - before, key=lambda path: path.stat().st_mtime)
    return [message_from_bytes(path.read_bytes(), policy=policy.default).get_content() for path in written]


def link_in(mail: str) -> str:
    found = re.search(r"http://\S+(/confirm/\S+)", mail)
    assert found, mail
    return found[1]


async def pen_name(client: httpx.AsyncClient) -> str | None:
    """Who the site thinks we are."""
    account = await client.get("/account")
    return None if account.status_code == 303 else text_of(next(parsed(account).iter("summary")))


async def test_registering_ends_in_a_session(client: httpx.AsyncClient, app: Starlette, db: Database) -> None:
    page = await client.post("/register", data=NEW)
    assert page.status_code == 200
    assert "hake@example.jp" in text_of(parsed(page))
    [mail] = await mails(app, db)
    link = link_in(mail)
    assert (await client.get(link)).status_code == 200
    assert await pen_name(client) is None  # opening the link is not enough: programs that scan mail do that
    confirmed = await client.post(link)
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/")
    assert await pen_name(client) == "はけの道"


async def test_whoever_registers_to_say_something_comes_back_to_where_they_were(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    assert values(parsed(await client.get("/register?next=/topics/7")))["next"] == "/topics/7"
    await client.post("/register", data=NEW | {"next": "/topics/7"})
    [mail] = await mails(app, db)
    link = link_in(mail)
    assert link in actions(parsed(await client.get(link)))
    assert (await client.post(link)).headers["location"] == "/topics/7"


async def test_a_link_to_confirm_leads_to_no_other_site(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    await client.post("/register", data=NEW | {"next": "https://evil.example/"})
    [mail] = await mails(app, db)
    assert "evil" not in mail
    assert (await client.post(link_in(mail) + "?next=//evil.example")).headers["location"] == "/"


async def test_a_link_confirms_once(client: httpx.AsyncClient, app: Starlette, db: Database) -> None:
    await client.post("/register", data=NEW)
    [mail] = await mails(app, db)
    await client.post(link_in(mail))
    async with visitor(app) as other:
        again = await other.post(link_in(mail))
        assert (again.status_code, again.headers["location"]) == (303, "/login")
        assert await pen_name(other) is None


@pytest.mark.parametrize("token", ["", "x", "MQ.x.y", "１", "%FF", "MTE.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
async def test_a_forged_link_leads_nowhere(client: httpx.AsyncClient, token: str) -> None:
    assert (await client.get(f"/confirm/{token}")).status_code == 404
    assert (await client.post(f"/confirm/{token}")).status_code in (404, 405)


async def test_a_link_signed_for_something_else_leads_nowhere(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    account = await an_account(db)
    token = app.state.site.signer("something else").dumps(account.id)
    assert (await client.post(f"/confirm/{token}")).status_code == 404


async def test_an_old_link_leads_nowhere(client: httpx.AsyncClient, app: Starlette, db: Database) -> None:
    await client.post("/register", data=NEW)
    [mail] = await mails(app, db)
    with clock.at(clock.now() + rules.CONFIRMATION_LASTS + timedelta(seconds=1)):
        page = await client.get(link_in(mail))
    assert page.status_code == 404
    assert "期限切れ" in text_of(parsed(page))


async def test_what_is_too_short_is_told_how_long_it_must_be(client: httpx.AsyncClient) -> None:
    refused = await client.post("/register", data=NEW | {"password": "短い言葉"})
    assert problems(parsed(refused)) == {"password": "10文字以上で入力してください。"}


async def test_registering_a_known_address_looks_the_same(
    app: Starlette, client: httpx.AsyncClient, db: Database
) -> None:
    """Same page, same status, as much work; only the owner of the address learns the difference, by mail."""
    known = await accounts.account(db, (await an_account(db)).id or 0)
    assert known is not None
    seen: list[tuple[int, str, dict[str, str]]] = []
    for email in (known.email, "nobody@example.jp"):
        before = db.statements
        page = await client.post("/register", data=NEW | {"email": email, "pen_name": f"名前{len(seen)}"})
        html = page.text.replace(email, "EMAIL")
        seen.append((page.status_code, html, dict(page.headers) | {"x-request-id": "", "content-length": ""}))
        assert db.statements - before in (4, 5)
    assert seen[0] == seen[1]
    to_owner, to_stranger = await mails(app, db)
    assert "すでに登録されています" in to_owner
    assert "/confirm/" in to_stranger


async def test_a_pen_name_does_not_tell_whether_an_address_is_known(
    client: httpx.AsyncClient, db: Database
) -> None:
    """Registering a name with a known address and then with another must not show that the first was known."""
    known = await accounts.account(db, (await an_account(db)).id or 0)
    assert known is not None
    for name, first in (("一番", known.email), ("二番", "nobody@example.jp")):
        await client.post("/register", data=NEW | {"email": first, "pen_name": name})
        page = await client.post("/register", data=NEW | {"email": "probe@example.jp", "pen_name": name})
        assert page.status_code == 200


async def test_of_two_who_chose_a_name_the_first_to_confirm_has_it(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    for email in ("first@example.jp", "second@example.jp"):
        await client.post("/register", data=NEW | {"email": email})
    first, second = [link_in(mail) for mail in await mails(app, db)]
    assert (await client.post(first)).status_code == 303
    async with visitor(app) as other:
        taken = await other.post(second)
        assert taken.status_code == 422
        assert "pen_name" in problems(parsed(taken))
        assert (await other.post(second, data={"pen_name": "はけの森"})).status_code == 303
        assert await pen_name(other) == "はけの森"


async def test_whoever_registers_an_address_cannot_keep_its_owner_out(
    client: httpx.AsyncClient, app: Starlette, db: Database
) -> None:
    """Until the address is confirmed the newest registration counts, and only its own link confirms it."""
    await client.post("/register", data=NEW | {"password": "他人のパスワードです"})
    [stranger] = [link_in(mail) for mail in await mails(app, db)]
    await client.post("/register", data=NEW)
    [owner] = [link_in(mail) for mail in await mails(app, db)]
    assert (await client.post(stranger)).status_code == 404
    assert (await client.post(owner)).status_code == 303
    for password, status in (("他人のパスワードです", 422), (PASSWORD, 303)):
        login = await client.post("/login", data={"email": NEW["email"], "password": password})
        assert login.status_code == status


async def test_whoever_registers_an_address_anew_finds_nothing_of_the_one_before(
    app: Starlette, db: Database
) -> None:
    """Neither of them has proved that the address is theirs."""
    async with visitor(app) as first, visitor(app) as second:
        await first.post("/register", data=NEW)
        await first.post("/login", data=NEW)
        before = await accounts.account_of_email(db, NEW["email"])
        assert before is not None
        async with db.transaction():
            await tell(db, before.id, "rights_refused", "/", receipt="R-77", reason="理由")
        assert "R-77" in (await first.get("/inbox")).text
        others = NEW | {"password": "他人のパスワードです"}
        await second.post("/register", data=others)
        assert (await second.post("/login", data=others)).status_code == 303
        assert "R-77" not in (await second.get("/inbox")).text
        assert await pen_name(first) is None
        after = await accounts.account_of_email(db, NEW["email"])
        assert after is not None
        assert after.id != before.id


async def test_whoever_registered_the_address_of_an_officer_to_come_has_no_office(
    app: Starlette, db: Database
) -> None:
    async with visitor(app) as stranger:
        await stranger.post("/register", data=NEW)
        await stranger.post("/login", data=NEW)
        assert await pen_name(stranger) == NEW["pen_name"]
        await appoint(db, pen_name="管理の人", email=NEW["email"], password_hash="", role=Role.ADMINISTRATOR)
        assert await pen_name(stranger) is None
        assert (await stranger.get("/admin")).status_code != 200


async def test_a_registration_that_is_replaced_while_its_link_is_used_is_not_confirmed(db: Database) -> None:
    """The owner of an address presses the button while somebody else registers it: their password would open the account."""
    account_id = await register(db, rules.Registration(**NEW), "of the owner")
    account = await accounts.account(db, account_id or 0)
    assert account is not None
    with clock.at(clock.now() + timedelta(seconds=1)):
        await register(db, rules.Registration(**NEW), "of a stranger")
    with pytest.raises(NotFound):
        await confirm(db, account)
    of_both = [await accounts.account(db, account.id), await accounts.account_of_email(db, NEW["email"])]
    assert [(one.password_hash, one.confirmed_at) for one in of_both if one] == [
        ("of the owner", None),
        ("of a stranger", None),
    ]


@pytest.mark.parametrize(
    "password", ["password12", "1234567890", "qwertyuiop", "password2026", "hakehakehake", "はけの道はけの道"]
)
async def test_a_password_that_is_easy_to_guess_is_refused(client: httpx.AsyncClient, password: str) -> None:
    page = await client.post("/register", data=NEW | {"password": password})
    assert page.status_code == 422
    assert list(problems(parsed(page))) == ["password"]
    assert values(parsed(page))["email"] == NEW["email"]
    assert password not in page.text or password in NEW.values()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("pen_name", ""),
        ("pen_name", "あ" * 21),
        ("pen_name", "小金井市役所"),
        ("pen_name", "野川町役場"),
        ("pen_name", "野川村長"),
        ("pen_name", "Ａｄｍｉｎ"),
        ("pen_name", "ad\u200bmin"),  # with a character that shows nothing
        ("pen_name", "\u3164"),
        ("email", "x"),
        ("email", "x@"),
        ("email", "市民@example.jp"),
        ("password", "短い"),
        ("password", "x" * 201),
    ],
)
async def test_each_field_says_what_is_wrong_with_it(
    client: httpx.AsyncClient, field: str, typed: str
) -> None:
    page = await client.post("/register", data=NEW | {field: typed})
    assert page.status_code == 422
    found = problems(parsed(page))
    assert list(found) == [field]
    assert found[field].endswith("。")
    expected = NEW | {field: typed, "password": ""}
    assert {name: values(parsed(page))[name] for name in expected} == expected


@pytest.mark.parametrize("name", ["野川町", "東京都 野川町", "のがわ町長"])
async def test_nobody_is_called_as_the_town_is(
    settings: Settings, db: Database, migrated_url: str, login: Login, name: str
) -> None:
    elsewhere = create_app(settings.model_copy(update={"city": "野川町"}), db, migrated_url)
    async with visitor(elsewhere) as client:
        assert list(problems(parsed(await client.post("/register", data=NEW | {"pen_name": name})))) == [
            "pen_name"
        ]
        await client.post("/register", data=NEW)
        [mail] = await mails(elsewhere, db)
        assert (await client.post(link_in(mail), data={"pen_name": name})).status_code == 422
        await login(client, (await an_account(db)).id or 0)
        named = await client.post("/account/identity/name", data={"pen_name": name})
        assert list(problems(parsed(named))) == ["pen_name"]


async def test_two_names_that_look_alike_are_one(client: httpx.AsyncClient, db: Database) -> None:
    taken = await an_account(db)
    for lookalike in (
        f"{taken.pen_name}\u200b",
        f"{taken.pen_name}\ufe0f",
        taken.pen_name.replace("市", "市\u2060"),
    ):
        page = await client.post("/register", data=NEW | {"pen_name": lookalike})
        assert list(problems(parsed(page))) == ["pen_name"], ascii(lookalike)


async def test_an_address_typed_in_full_width_is_the_same_address(
    client: httpx.AsyncClient, db: Database
) -> None:
    page = await client.post("/register", data=NEW | {"email": "ｈａｋｅ＠ｅｘａｍｐｌｅ．ｊｐ"})
    assert page.status_code == 200
    assert await accounts.account_of_email(db, "hake@example.jp")


async def test_logging_in_goes_on_to_where_one_was(client: httpx.AsyncClient, db: Database) -> None:
    credentials = await credentials_of(db, await an_account(db))
    page = await client.post("/login", data=credentials | {"next": "/inbox?before=5"})
    assert (page.status_code, page.headers["location"]) == (303, "/inbox?before=5")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test", "/\t/evil.test", "javascript:alert(1)", ""],
)  # fmt: skip
async def test_logging_in_never_leads_to_another_site(
    client: httpx.AsyncClient, db: Database, elsewhere: str
) -> None:
    credentials = await credentials_of(db, await an_account(db))
    page = await client.post("/login", data=credentials | {"next": elsewhere})
    assert (page.status_code, page.headers["location"]) == (303, "/")
    form = await client.get("/login", params={"next": elsewhere})
    assert values(parsed(form))["next"] == "/"
    switch = await client.post("/locale", data={"locale": "en", "next": elsewhere})
    assert switch.headers["location"] == "/"


async def test_a_wrong_password_and_an_unknown_address_look_the_same(
    client: httpx.AsyncClient, db: Database
) -> None:
    known = await credentials_of(db, await an_account(db))
    pages = []
    for email in (known["email"], "nobody@example.jp"):
        before = db.statements
        page = await client.post("/login", data={"email": email, "password": "違う言葉を並べる"})
        pages.append((page.status_code, page.text.replace(email, "EMAIL"), db.statements - before))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


async def test_guessing_passwords_has_a_pace(client: httpx.AsyncClient, db: Database) -> None:
    guess = (await credentials_of(db, await an_account(db))) | {"password": "当てずっぽうの言葉"}
    with clock.at(clock.now()):
        for _ in range(LIMITS["login"].burst):
            assert (await client.post("/login", data=guess)).status_code == 422
        page = await client.post("/login", data=guess)
    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 30
    assert page.headers["retry-after"] in text_of(parsed(page))
    assert values(parsed(page))["email"] == guess["email"]


async def test_the_pace_of_an_account_holds_from_every_address(app: Starlette, db: Database) -> None:
    guess = (await credentials_of(db, await an_account(db))) | {"password": "当てずっぽうの言葉"}
    statuses, begun = [], clock.now()
    for n in range(LIMITS["login"].burst + 1):
        transport = httpx.ASGITransport(app, client=(f"192.0.2.{n}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://room.test") as client:
            with clock.at(begun):
                statuses.append((await client.post("/login", data=guess)).status_code)
    assert statuses[-2:] == [422, 429]


async def test_whoever_logs_in_as_a_number_or_a_network_takes_nobodys_turn(
    app: Starlette, db: Database
) -> None:
    """What is typed as an address is neither the number of an account nor where somebody connects from."""
    person = await an_account(db)
    for n in range(2 * LIMITS["login"].burst):
        transport = httpx.ASGITransport(app, client=(f"192.0.2.{n}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://room.test") as stranger:
            for typed in (str(person.id), "198.51.100.7"):
                await stranger.post("/login", data={"email": typed, "password": PASSWORD})
    transport = httpx.ASGITransport(app, client=("198.51.100.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://room.test") as client:
        credentials = await credentials_of(db, person)
        assert (await client.post("/login", data=credentials)).status_code == 303
        changed = await client.post(
            "/account/password",
            data={"current": PASSWORD, "password": "坂の下の湧き水を守る"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert changed.headers["location"] == "/account"


async def test_nobody_fills_the_mailbox_of_somebody_else(app: Starlette, db: Database) -> None:
    """From however many places they register its address."""
    statuses, written = [], 0
    for n in range(LIMITS["mail"].burst + 1):
        transport = httpx.ASGITransport(app, client=(f"192.0.2.{n}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://room.test") as client:
            page = await client.post("/register", data=NEW | {"pen_name": f"だれか{n}"})
            statuses.append(page.status_code)
        written += len(await mails(app, db))
    assert statuses[-2:] == [200, 429]
    assert values(parsed(page))["email"] == NEW["email"]
    assert written == LIMITS["mail"].burst


async def test_registering_has_a_pace(client: httpx.AsyncClient) -> None:
    for n in range(LIMITS["register"].burst):
        assert (await client.post("/register", data=NEW | {"email": f"a{n}@example.jp"})).status_code == 200
    page = await client.post("/register", data=NEW)
    assert page.status_code == 429
    assert values(parsed(page))["pen_name"] == NEW["pen_name"]


async def test_the_session_cookie_is_for_this_site_and_not_for_scripts(
    client: httpx.AsyncClient, db: Database
) -> None:
    page = await client.post("/login", data=await credentials_of(db, await an_account(db)))
    assert cookie_attributes(page) == {
        "httponly", "samesite=lax", "path=/", f"max-age={int(SESSION_LASTS.total_seconds())}"
    }  # fmt: skip


async def test_over_https_every_cookie_is_secure(settings: Settings, db: Database, migrated_url: str) -> None:
    secure = settings.model_copy(update={"public_url": AnyHttpUrl("https://room.test")})
    async with visitor(create_app(secure, db, migrated_url)) as client:
        page = await client.post("/login", data=await credentials_of(db, await an_account(db)))
        assert "secure" in cookie_attributes(page)
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        for name, chosen in (("locale", "en"), ("furigana", "on"), ("size", "large")):
            page = await client.post(f"/{name}", data={name: chosen})
            assert "secure" in cookie_attributes(page, name)


async def test_only_the_hash_of_a_session_is_kept(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    account = await an_account(db)
    await login(client, account.id or 0)
    token = client.cookies["session"].encode()
    [row] = await db.rows("select token_hash from sessions where account_id = :id", id=account.id)
    assert token not in row["token_hash"]
    client.cookies.set("session", row["token_hash"].hex())
    assert await pen_name(client) is None


async def test_a_session_ends_by_itself(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    account = await an_account(db)
    await login(client, account.id or 0)
    assert await pen_name(client) == account.pen_name
    with clock.at(clock.now() + SESSION_LASTS + timedelta(seconds=1)):
        assert await pen_name(client) is None


async def test_logging_out_ends_this_session_only(app: Starlette, db: Database, login: Login) -> None:
    account = await an_account(db)
    async with visitor(app) as here, visitor(app) as there:
        for client in (here, there):
            await login(client, account.id or 0)
        token = here.cookies["session"]
        assert (await here.post("/logout")).status_code == 303
        here.cookies.set("session", token)  # a copy that somebody kept
        assert await pen_name(here) is None
        assert await pen_name(there) == account.pen_name


async def test_logging_out_everywhere_ends_them_all(app: Starlette, db: Database, login: Login) -> None:
    account = await an_account(db)
    async with visitor(app) as here, visitor(app) as there:
        for client in (here, there):
            await login(client, account.id or 0)
        await here.post("/logout", data={"everywhere": "on"})
        assert await pen_name(there) is None


async def test_a_new_password_ends_every_other_session(app: Starlette, db: Database, login: Login) -> None:
    account = await an_account(db)
    change = {"current": PASSWORD, "password": "坂の下の湧き水を守る"}
    async with visitor(app) as here, visitor(app) as there:
        for client in (here, there):
            await login(client, account.id or 0)
        assert "/account/password" in actions(parsed(await here.get("/account")))
        assert (await here.post("/account/password", data=change)).status_code == 303
        assert await pen_name(here) == account.pen_name
        assert await pen_name(there) is None
    credentials = await credentials_of(db, account)
    async with visitor(app) as client:
        assert (await client.post("/login", data=credentials)).status_code == 422
        assert (
            await client.post("/login", data=credentials | {"password": change["password"]})
        ).status_code == 303


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"current": "違う言葉を並べる", "password": "坂の下の湧き水を守る"}, "current"),
        ({"current": PASSWORD, "password": "password12"}, "password"),
        ({"current": PASSWORD, "password": ""}, "password"),
        ({"password": "坂の下の湧き水を守る"}, "current"),
    ],
)
async def test_a_refused_new_password_changes_nothing(
    client: httpx.AsyncClient, db: Database, login: Login, change: dict[str, str], field: str
) -> None:
    account = await an_account(db)
    await login(client, account.id or 0)
    page = await client.post("/account/password", data=change)
    assert page.status_code == 422
    assert list(problems(parsed(page))) == [field]
    assert (await client.post("/login", data=await credentials_of(db, account))).status_code == 303


async def test_the_mail_of_confirmation_is_sent_again_on_request(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    await client.post("/register", data=NEW)
    account = await accounts.account_of_email(db, fold(NEW["email"]))
    assert account is not None
    await login(client, account.id)
    await mails(app, db)
    assert "/account/confirmation" in actions(parsed(await client.get("/account")))
    assert (await client.post("/account/confirmation")).status_code == 303
    [mail] = await mails(app, db)
    assert (await client.post(link_in(mail))).status_code == 303


async def test_a_guest_has_no_account_page(client: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/account"),
        ("POST", "/account/password"),
        ("POST", "/account/confirmation"),
    ):
        page = await client.request(method, path)
        assert (page.status_code, page.headers["location"]) == (303, "/login?next=/account")


async def test_the_language_is_remembered_here_and_in_the_account(
    client: httpx.AsyncClient, app: Starlette, db: Database, login: Login
) -> None:
    account = await an_account(db)
    await login(client, account.id or 0)
    assert parsed(await client.get("/")).get("lang") == "ja"
    await client.post("/locale", data={"locale": "en", "next": "/"})
    assert parsed(await client.get("/")).get("lang") == "en"
    async with visitor(app) as elsewhere:
        await login(elsewhere, account.id or 0)
        assert parsed(await elsewhere.get("/")).get("lang") == "en"


async def test_an_unknown_language_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.post("/locale", data={"locale": "tlh"})).status_code == 404
    client.cookies.set("locale", "../../etc")
    assert parsed(await client.get("/")).get("lang") == "ja"


async def test_a_newcomer_hears_that_posts_wait(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    newcomer = await a_newcomer(db)
    await login(client, newcomer.id or 0)
    assert (await client.get("/account")).status_code == 200


async def credentials_of(db: Database, actor: Actor) -> dict[str, str]:
    account = await accounts.account(db, actor.id or 0)
    assert account is not None
    return {"email": account.email, "password": PASSWORD}


def cookie_attributes(response: httpx.Response, name: str = "session") -> set[str]:
    """The attributes of the cookie that the response sets, in lower case."""
    [cookie] = [value for value in response.headers.get_list("set-cookie") if value.startswith(f"{name}=")]
    return {part.strip().lower() for part in cookie.split(";")[1:]}


async def test_easy_japanese_is_chosen_beside_english_and_is_japanese_for_machines(
    client: httpx.AsyncClient,
) -> None:
    home = await client.get("/")
    assert '<button name="locale" value="ja-easy">' in home.text
    await client.post("/locale", data={"locale": "ja-easy", "next": "/"})
    home = await client.get("/")
    assert '<html lang="ja">' in home.text
    assert "みんなの意見は、なくなりません。" in home.text
    assert 'value="ja" lang="ja">日本語' in home.text
    assert (
        "みんなの意見は、なくなりません。"
        not in (await client.get("/", headers={"Cookie": "locale=ja"})).text
    )


async def test_everything_is_as_big_as_this_device_wants_it(client: httpx.AsyncClient) -> None:
    for size, shown in (("large", True), ("huge", False), ("larger", True), ("", False)):
        answer = await client.post("/size", data={"size": size, "next": "/guide/accessibility"})
        assert answer.status_code == 303
        assert (f'data-size="{size}"' in (await client.get("/guide/accessibility")).text) == shown


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://room.test/account?x=1#password", "/account?x=1"),
        ("http://room.test//evil.example/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
async def test_whoever_changes_the_language_of_a_refused_form_comes_to_where_it_stood(
    client: httpx.AsyncClient, db: Database, login: Login, referer: str, leads_to: str
) -> None:
    await login(client, (await an_account(db)).id or 0)
    refused = await client.post("/account/password", headers={"Referer": referer})
    assert refused.status_code == 422
    switch, *_others = parsed(refused).iterfind(".//form[@action='/locale']")
    assert values(switch)["next"] == leads_to
