"""Nothing that is kept about somebody is forgotten when they ask for it, or when they leave."""

import re
from itertools import chain, combinations

from forum import clock
from forum.accounts.queries import close_sessions
from forum.accounts.queries.leaving import leave
from forum.db import Database
from forum.slices import FAREWELLS, PORTIONS
from tests.factories import an_account
from tests.personal import NOT_TAKEN_ALONG, STAYS, references

DELETED = re.compile(r"delete from (\w+) where (account_id) = ")


class Listening(Database):
    """A database that remembers which rows of an account were deleted."""

    def __init__(self, db: Database) -> None:
        super().__init__(db._source)
        self.deleted: set[str] = set()

    async def run(self, sql: str, **values: object) -> int:
        self.deleted |= {".".join(found) for found in DELETED.findall(sql)}
        return await super().run(sql, **values)


async def test_everything_about_somebody_goes_along_or_stays_for_a_reason(db: Database) -> None:
    exported = [{*portion.holds} for portion in PORTIONS]
    sets = [*exported, *NOT_TAKEN_ALONG.values()]
    assert [one & other for one, other in combinations(sets, 2) if one & other] == []
    assert {*chain(*sets)} == await references(db)


async def test_a_portion_has_the_columns_that_it_names(db: Database) -> None:
    assert len({portion.name for portion in PORTIONS}) == len(PORTIONS)
    for portion in PORTIONS:
        async with db.raw() as connection:
            statement = await connection.prepare(portion.sql.replace(":account_id", "cast($1 as bigint)"))
        columns = [column.name for column in statement.get_attributes()]
        assert columns == [*portion.labels][: len(columns)], portion.name
        assert {*portion.words} <= {*columns}, portion.name


async def test_everything_about_somebody_who_leaves_goes_or_stays_for_a_reason(db: Database) -> None:
    account, listening = await an_account(db), Listening(db)
    for farewell in FAREWELLS:
        await farewell(listening, account.id or 0)
    await close_sessions(listening, account.id or 0)
    await leave(listening, account.id or 0, pen_name="x", now=clock.now())
    stays = {*chain(*STAYS.values())}
    assert stays & listening.deleted == set()
    assert stays | listening.deleted == await references(db)
