"""What tests begin with is what the program makes."""

from forum.access import Role
from forum.accounts.actions import appoint
from forum.db import Database
from tests.factories import a_section, actor, an_account

# What is each account's own.
OWN = {"id", "pen_name", "pen_name_key", "pseudonym", "email", "email_key", "created_at", "confirmed_at"}


async def test_an_account_is_as_if_it_had_been_appointed(db: Database) -> None:
    section_id = await a_section(db)
    made = await an_account(db, Role.STAFF, approved_posts=0, section_id=section_id)
    [as_made] = await db.rows("select * from accounts where id = :id", id=made.id)
    appointed = await appoint(
        db,
        pen_name="市民",
        email="resident@example.jp",
        password_hash=as_made["password_hash"],
        role=Role.STAFF,
        section_id=section_id,
    )
    [as_appointed] = await db.rows("select * from accounts where id = :id", id=appointed)
    assert {name for name, value in as_made.items() if value != as_appointed[name]} == OWN
    assert {name for name in OWN if type(as_made[name]) is not type(as_appointed[name])} == set()


async def test_an_account_has_the_rights_that_the_database_knows_of(db: Database) -> None:
    for role in [role for role in Role if role is not Role.GUEST]:
        made = await an_account(db, role, approved_posts=2)
        assert made.id is not None
        assert made == await actor(db, made.id)
