"""`forum admin`: roles given and taken, accounts suspended."""

from dataclasses import replace
from pathlib import Path

import pytest
import typer

from forum.access import Role
from forum.accounts import queries as account_queries
from forum.commands.admin import change_role, sanction
from forum.db import connected
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions
from tests.conftest import SECRET
from tests.factories import a_moderator, a_post, actor, an_account


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


@pytest.mark.parametrize(("email", "role"), [("nobody@example.jp", "staff"), ("nobody@example.jp", "guest")])
async def test_what_cannot_be_done_is_said(email: str, role: str) -> None:
    with pytest.raises(typer.BadParameter):
        await change_role(email, role, None)
