"""Where a life begins: a town with three boards and everybody whose rights differ."""

from random import Random

from forum import clock
from forum.access import Role
from forum.boards import actions as boards
from forum.db import Database
from moderation.reviews.actions import switching
from moderation.reviews.pairs import Switch
from tests.factories import a_board, a_newcomer, a_staff_member, actor, an_account
from tests.life.room import ACTS_OF_LIFE, Life, Step
from tests.life.things import Person, Place

# Numbers of which a step is made: as many as there are of anything in a short life.
MOST = 31


async def a_town(db: Database) -> Life:
    found = [await a_board(db), await a_board(db, "community"), await a_board(db, "staff")]
    here, there, staff_room = places = [Place(board.id, board.slug, board.kind == "staff") for board in found]
    people = [
        Person("guest"),
        Person("resident", (await an_account(db)).id, Role.RESIDENT),
        Person("another", (await an_account(db)).id, Role.RESIDENT),
        Person("newcomer", (await a_newcomer(db)).id, Role.RESIDENT, is_new=True),
        Person("another newcomer", (await a_newcomer(db)).id, Role.RESIDENT, is_new=True),
        Person("facilitator", (await an_account(db)).id, Role.RESIDENT, facilitates=here),
        Person("moderator here", (await an_account(db)).id, Role.RESIDENT, moderates_here=here),
        Person("moderator there", (await an_account(db)).id, Role.RESIDENT, moderates_here=there),
        Person("moderator", (await an_account(db, Role.MODERATOR)).id, Role.MODERATOR),
        Person("another moderator", (await an_account(db, Role.MODERATOR)).id, Role.MODERATOR),
        Person("staff", (await a_staff_member(db)).id, Role.STAFF, moderates_here=staff_room),
        Person("administrator", (await an_account(db, Role.ADMINISTRATOR)).id, Role.ADMINISTRATOR),
        Person("another administrator", (await an_account(db, Role.ADMINISTRATOR)).id, Role.ADMINISTRATOR),
    ]
    for person in people:
        for place, role in ((person.facilitates, "facilitator"), (person.moderates_here, "moderator")):
            if place is not None:
                await boards.give_role(db, place.id, person.id or 0, role)
    await switching.switch(
        db, await actor(db, people[-1].id or 0), Switch(board=there.id, asks="yes", why="ふたりで決めます。")
    )
    there.asks_two = True
    return Life(db, people, places, clock.now())


def random_steps(seed: int, number: int) -> list[Step]:
    chance = Random(seed)
    return [
        (chance.choice(ACTS_OF_LIFE), *(chance.randrange(10_000) for _ in range(3))) for _ in range(number)
    ]
