"""The sections of the city, everybody with an account, and the boards with those who look after them."""

from dataclasses import dataclass, field
from functools import partial

from forum.access import Actor
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.accounts.queries.sections import add_section
from forum.boards import actions as boards
from forum.boards import queries as board_queries
from forum.boards.rules import Board
from forum.commands.demo import script
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.notifications import actions as notifications


@dataclass
class Cast:
    """Who has come so far: the names of the script and the ids they got."""

    db: Database
    sections: dict[str, int] = field(default_factory=dict)
    boards: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    async def actor(self, name: str) -> Actor:
        """The person as they are at this moment of the story."""
        actor = await account_queries.actor(self.db, self.accounts[name])
        assert actor is not None
        return actor

    async def board(self, slug: str) -> Board:
        board = await board_queries.board_by_id(self.db, self.boards[slug])
        assert board is not None
        return board

    async def open_house(self, people: script.People, rooms: list[script.Board]) -> None:
        """The sections and the boards, before anybody comes."""
        for section in people.section:
            self.sections[section.id] = await add_section(self.db, section.name, section.name_en)
        for position, room in enumerate(rooms):
            self.boards[room.slug] = await boards.open_board(
                self.db,
                slug=room.slug,
                name=room.name,
                name_en=room.name_en,
                about=room.about,
                about_en=room.about_en,
                kind=room.kind,
                section_id=self.sections[room.section],
                position=position,
            )

    async def read_everything(self) -> None:
        """Everybody opens the inbox."""
        for account in self.accounts.values():
            await notifications.read_all(self.db, account)

    def invite(self, timeline: Timeline, people: script.People, password_hash: str) -> None:
        for person in people.person:
            timeline.at(person.joined, partial(self._enter, person, password_hash))

    async def _enter(self, person: script.Person, password_hash: str) -> None:
        account = await accounts.appoint(
            self.db,
            pen_name=person.pen_name,
            email=person.email,
            password_hash=password_hash,
            role=person.role,
            section_id=self.sections[person.section] if person.section else None,
        )
        self.accounts[person.id] = account
        for slug in person.facilitates:
            await boards.give_role(self.db, self.boards[slug], account, "facilitator")
