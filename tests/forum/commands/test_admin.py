"""`forum admin`: roles given and taken, accounts suspended."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from forum import clock
from forum.access import Role
from forum.accounts import queries as account_queries
from forum.accounts.actions import register
from forum.accounts.actions.entering import log_in
from forum.accounts.actions.leaving import plan_to_leave
from forum.accounts.rules import Registration
from forum.commands.admin import change_role, create, drop_second_factor, sanction
from forum.db import connected
from forum.offices.queries import newest
from forum.paging import NEWEST
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions
from tests.conftest import SECRET
from tests.factories import PASSWORD, a_board, a_moderator, a_post, a_topic, actor, an_account
from tests.forum.accounts.test_factors import an_owner, let_in


@pytest.fixture(autouse=True)
def town(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database that the commands find in their environment."""
    for name, value in (("DATABASE_URL", own_database), ("VAR_DIR", str(tmp_path)), ("SECRET_KEY", SECRET)):
        monkeypatch.setenv(name, value)
    return own_database


async def test_an_office_ends_with_a_suspension_and_comes_back(town: str) -> None:
    async with connected(town) as db:
        moderator = await a_moderator(db)
        administrator = await an_account(db, Role.ADMINISTRATOR)
        account = await account_queries.account(db, administrator.id or 0)
        assert account is not None
        post = await a_post(db, moderator)
        await sanction(Act.SUSPEND, post.id, account.email.upper(), 9, "鍵をなくしたとのことです。")
        now = await actor(db, moderator.id or 0)
        assert (now.suspended, now.role, now.moderates(1)) == (True, Role.RESIDENT, False)
        (line,) = await decisions.of_post(db, post.id)
        assert (line.act, line.role, line.reason) == (
            "suspend",
            "administrator",
            "鍵をなくしたとのことです。",
        )
        with pytest.raises(typer.BadParameter):
            await sanction(Act.SUSPEND, post.id, account.email, 9, "もう一度")
        await sanction(Act.REINSTATE, post.id, account.email, None, "新しい鍵にしました。")
        assert replace(await actor(db, moderator.id or 0), unread=0) == moderator


async def test_a_role_is_given_with_a_section_and_taken(town: str) -> None:
    async with connected(town) as db:
        account = await account_queries.account(db, (await a_moderator(db)).id or 0)
        assert account is not None
        await change_role(account.email, "staff", "環境政策課")
        staff = await actor(db, account.id)
        assert staff.role == Role.STAFF
        assert staff.section_id is not None
        await change_role(account.email, "resident", None)
        assert (await actor(db, account.id)).section_id is None


async def test_an_account_opened_here_is_as_any_other_and_on_record(town: str) -> None:
    await create("みどり", "ＭＩＤＯＲＩ@example.jp", "staff", "企画課", PASSWORD)
    async with connected(town) as db:
        account = await account_queries.account_of_email(db, "midori@example.jp")
        assert account is not None
        [line] = await newest(db, before=NEWEST, limit=9)
        assert (line.account_id, line.office, line.by) == (account.id, "staff", None)
        assert line.section_id == account.section_id is not None


@pytest.mark.parametrize(
    ("pen_name", "email", "section", "wrong"),
    [
        ("みどり", "midori", "企画課", "email"),
        (" ", "midori@example.jp", "企画課", "pen_name"),
        ("み\nどり", "midori@example.jp", "企画課", "pen_name"),
        ("みどり", "midori@example.jp", None, "section_id"),
        ("みどり", "midori@example.jp", " ", "name"),
    ],
)
async def test_what_a_form_would_refuse_is_refused_here_and_leaves_nothing(
    town: str, pen_name: str, email: str, section: str | None, wrong: str
) -> None:
    with pytest.raises(typer.BadParameter, match=f"^{wrong}: "):
        await create(pen_name, email, "staff", section, PASSWORD)
    async with connected(town) as db:
        assert await db.value("select count(*) from accounts") == 0
        assert await db.value("select count(*) from sections") == 0


async def test_no_role_is_given_to_whoever_is_leaving_or_never_confirmed(town: str) -> None:
    async with connected(town) as db:
        leaver = await an_account(db)
        async with db.transaction():
            await plan_to_leave(db, leaver.id or 0, "account", clock.now() + timedelta(days=7), closes=True)
        stranger = Registration(pen_name="とおりすがり", email="stranger@example.jp", password=PASSWORD)
        await register(db, stranger, "")
        account = await account_queries.account(db, leaver.id or 0)
        assert account is not None
        for email in (account.email, stranger.email):
            with pytest.raises(typer.BadParameter):
                await change_role(email, "moderator", None)
        assert await newest(db, before=NEWEST, limit=9) == []


@pytest.mark.parametrize(
    ("by", "rule", "reason", "why"),
    [
        ("moderator", 10**20, "", "^rule: "),
        ("moderator", 9, "長" * 5000, "^reason: "),
        ("resident", 9, "", "may not"),
    ],
)
async def test_a_sanction_that_a_form_would_refuse_is_refused_in_a_line(
    town: str, by: Role, rule: int, reason: str, why: str
) -> None:
    async with connected(town) as db:
        staff = await an_account(db, Role.STAFF)
        post = await a_topic(db, by=staff, board=await a_board(db, "staff"))
        account = await account_queries.account(db, (await an_account(db, Role(by))).id or 0)
    assert account is not None
    with pytest.raises(typer.BadParameter, match=why):
        await sanction(Act.SUSPEND, post.id, account.email, rule, reason or "鍵をなくしたとのことです。")


@pytest.mark.parametrize(
    ("email", "role"),
    [("nobody@example.jp", "staff"), ("nobody\udcff@example.jp", "staff"), ("nobody@example.jp", "guest")],
)
async def test_what_cannot_be_done_is_said(email: str, role: str) -> None:
    with pytest.raises(typer.BadParameter):
        await change_role(email, role, None)


async def test_whoever_has_lost_the_app_is_let_in_with_the_password_again(
    town: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with connected(town) as db:
        owner = await an_owner(db)
        await let_in(db, owner, owner.code)
        await drop_second_factor(owner.account.email.upper())
        assert owner.account.email in capsys.readouterr().out
        assert await db.value("select count(*) from sessions") == 0
        assert (await log_in(db, owner.account.email, PASSWORD))[1]
        for email in (owner.account.email, "nobody@example.jp"):
            with pytest.raises(typer.BadParameter, match=r"no second factor|no account"):
                await drop_second_factor(email)
