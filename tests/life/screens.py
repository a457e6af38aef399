"""Everything that reaches anybody, looked through for words that this person may not see.

Whatever is told live is listened to at every act, mail is read as it leaves, and now and then everybody looks at every
page, file and answer there is, also at those that refuse.
"""

import email
import email.policy
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from dataclasses import replace
from html import unescape
from urllib.parse import quote, unquote, urlencode

import httpx
from starlette.applications import Starlette

from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.db import Database
from forum.live import Room
from forum.notifications.jobs import notification_mail
from forum.slices import CHANNELS, HANDLERS
from forum.topics.jobs import tell_watchers
from moderation.rights.jobs import rights_mail, secret_path
from realtime.hub import Hub
from realtime.protocol import Channel, Close, Delta
from tests.conftest import visitor
from tests.life.room import WORD, Life
from tests.life.things import Person

# The same for everybody, but for what stands on them.
PAGES = (
    *("/", "/inbox", "/account", "/search?q=文", "/digests", "/consultations", "/guide", "/rules", "/verify"),
    *(
        "/queue",
        "/queue/overview",
        "/reminders",
        "/inquiries",
        "/approvals",
        "/rota",
        "/moderation/pairs",
        "/appeals",
        "/rights-requests",
        "/rights-requests/new",
        "/moderation/looks",
    ),
    *("/moderation/log", "/moderation/log.atom", "/moderation/log.csv", "/moderation/log.json"),
    *(
        "/moderation/recounts",
        "/transparency",
        "/open-data",
        "/open-data/head.json",
        "/open-data/recounts.json",
    ),
    "/open-data/log-heads.json",
)
OF_A_POST = (
    *("/posts/{0}", "/posts/{0}/revisions", "/posts/{0}/edit", "/posts/{0}/withdraw", "/posts/{0}/report"),
    *("/posts/{0}/sealed", "/queue/{0}", "/queue/{0}/mask", "/queue/{0}/author", "/appeals/new?post={0}"),
    *("/moderation/log?post={0}", "/rights-requests/new?post={0}"),
    *("/posts/{0}/replies", "/posts/{0}/reactions", "/posts/{0}/bookmark"),
)
OF_A_TOPIC = ("/topics/{0}", "/topics/{0}/summary", "/topics/{0}/keep", "/topics/{0}/feed.atom")
# What is sent and cannot succeed: nobody has seen version 0 of anything.
IN_VAIN = (
    ("/posts/{0}/edit", {"body": "直す", "version": "0"}),
    ("/queue/{0}", {"act": "hide", "rule": "4", "reason": "x", "version": "0"}),
    ("/queue/{0}/mask", {"act": "mask", "passages": "文", "rule": "1", "reason": "x", "version": "0"}),
    ("/queue/{0}/author", {"act": "warn", "rule": "2", "reason": "x", "version": "0"}),
    ("/posts/{0}/sealed", {"reason": ""}),
    ("/posts/{0}/report", {"rule": "99", "note": ""}),
    ("/queue/bulk", {"items": "{0}.0.0", "act": "hide", "rule": "4", "reason": "x"}),
)


class Overheard(Database):
    """The database of the room, and what is told to open pages when an act is done."""

    def __init__(self, db: Database) -> None:
        super().__init__(db._source)
        self.told: list[str] = []

    async def notify(self, channel: str, payloads: list[str]) -> None:
        self.told += payloads
        await super().notify(channel, payloads)


class Ear(Hub):
    """Hears every channel, and notes whose connections end."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[Channel, str]] = []
        self.cut: set[str] = set()

    def listening(self, channel: Channel) -> set[str]:
        return {"ja"}

    def broadcast(self, channel: Channel, deltas: Mapping[str, Sequence[Delta]]) -> None:
        self.heard.append((channel, repr(deltas)))

    def resync(self, channel: Channel | None = None) -> None:
        self.heard.append((channel or "", ""))

    def close_owner(self, owner: str, code: Close = Close.JUDGE_ANEW) -> None:
        self.cut.add(owner)

    def close_channel(self, channel: Channel, code: Close = Close.JUDGE_ANEW) -> None:
        self.cut.add(channel)


class Screens:
    """The screens and mailboxes of everybody in the room."""

    def __init__(self, app: Starlette, life: Life) -> None:
        self.app, self.life = app, life
        self.db = life.db = Overheard(life.db)
        self.ear = Ear()
        live = replace(app.state.live, hub=self.ear)
        self.room = Room(live, lambda _: None, CHANNELS, HANDLERS)
        self.last_mailed = 0
        self.last_told = 0
        # What waits for each moderator, as the counter on an open page says.
        self.queues = self._queues()
        # Who hears which channel, as long as nobody ends it.
        self.hears: dict[Channel, set[Person]] = {}
        self.looked = 0

    async def after_a_step(self) -> None:
        """What the last act told at once. Whoever is judged anew asks anew."""
        queues = self._queues()
        judged_anew = [told for told in self.db.told if "RightsChanged" in told]
        moved = [
            person.name
            for person, found in queues.items()
            if found != self.queues[person]
            and not any(f'"account_id": {person.id}}}' in told for told in judged_anew)
        ]
        self.queues = queues
        assert not moved or any("QueueChanged" in told or "TopicMoved" in told for told in self.db.told), (
            f"nothing tells {moved} that their queue moved"
        )
        await self._listen()
        await self._read_mail()

    async def _listen(self) -> None:
        told, self.db.told = self.db.told, []
        for payload in told:
            await self.room.on_message(payload)
            for channel, said in self.ear.heard:
                audience = {
                    person for person in self.hears.get(channel, ()) if not self._is_cut(person, channel)
                }
                for person in audience | self._may_hear(channel):
                    self._find(said, person, f"live on {channel}")
            self.ear.heard = []
        for channel, audience in self.hears.items():
            may = self._may_hear(channel)
            for person in audience - may:
                assert self._is_cut(person, channel), f"{person.name} goes on hearing {channel}"
        self.ear.cut = set()
        channels = [f"topic:{topic.id}" for topic in self.life.topics] + [
            f"board:{place.slug}" for place in self.life.places
        ]
        self.hears = {channel: self._may_hear(channel) for channel in [*channels, "queue"]}

    def _queues(self) -> dict[Person, dict[str, int]]:
        return {person: self.life.queue_of(person) for person in self.life.people if person.id is not None}

    def _is_cut(self, person: Person, channel: Channel) -> bool:
        return channel in self.ear.cut or str(person.id) in self.ear.cut

    def _may_hear(self, channel: Channel) -> set[Person]:
        kind, _, name = channel.partition(":")
        if kind == "queue":
            return {person for person in self.life.people if person.judges_anywhere}
        if kind == "board":
            return {
                one
                for one in self.life.people
                if all(one.reads(p) for p in self.life.places if p.slug == name)
            }
        if kind == "topic":
            topic = next(topic for topic in self.life.topics if topic.id == int(name))
            return {person for person in self.life.people if person.knows(topic)}
        return set()

    async def _read_mail(self) -> None:
        """Sends what is new, and reads it over the shoulder of its receiver."""
        site = replace(self.app.state.site, db=self.db)
        for job in await self.db.rows(
            """
            select id, cast(convert_from(payload, 'utf8') as jsonb) as said from pgqueuer
            where entrypoint = 'tell_watchers' and id > :last order by id
            """,
            last=self.last_told,
        ):
            self.last_told = job["id"]
            await tell_watchers(site, job["said"])
        rows = await self.db.rows(
            "select id, account_id from notifications where id > :last order by id", last=self.last_mailed
        )
        for row in rows:
            self.last_mailed = row["id"]
            person = next((person for person in self.life.people if person.id == row["account_id"]), None)
            await notification_mail(site, {"notification_id": row["id"]})
            for text in self._mailed():
                assert person is not None
                self._find(text, person, "mail")
        for request in self.life.requests:
            await rights_mail(site, {"request_id": request.id})
            for text in self._mailed():
                assert set(WORD.findall(text)) <= request.told, "mail to who asked"

    def _mailed(self) -> Iterator[str]:
        for path in (self.app.state.site.settings.var_dir / "mail").glob("*.eml"):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            path.unlink()
            yield f"{message['Subject']} {message.get_content()}"

    async def look_around(self, people: Sequence[Person], *, every: int = 1, first: int = 0) -> None:
        """These people look at every page there is, or at every n-th of them."""
        for person in people:
            async with self._browsing(person) as client:
                for address in [*self._addresses(person)][first::every]:
                    await self._get(client, person, address)
                for address, form in [*self._in_vain()][first::every]:
                    answer = await client.post(address, data=form)
                    assert answer.status_code >= 400 or "/bulk" in address, (address, answer.status_code)
                    self._find(_text(answer), person, f"POST {address}")
            first += 1
        await self._look_as_whoever_asked()

    async def _get(self, client: httpx.AsyncClient, person: Person, address: str) -> None:
        answer = await client.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        self.looked += 1
        text = _text(answer)
        # A search page repeats the question.
        asked = set(WORD.findall(unquote(address)))
        self._find(text, person, address, besides=asked)
        if asked:
            assert not (asked - self._allowed(person)) or 'class="rows"' not in answer.text, address

    @asynccontextmanager
    async def _browsing(self, person: Person) -> AsyncIterator[httpx.AsyncClient]:
        async with visitor(self.app) as client:
            if person.id is not None:
                account = await account_queries.account(self.db, person.id)
                assert account is not None
                client.cookies.set("session", await accounts.open_session(self.db, account))
            yield client

    def _addresses(self, person: Person) -> Iterator[str]:
        life = self.life
        channels = [f"board:{place.slug}" for place in life.places] + ["queue", f"inbox:{person.id or 1}"]
        yield from PAGES
        yield f"/transparency/{life.now.year}"
        yield from (f"/transparency/{life.now.year}.{kind}" for kind in ("csv", "json"))
        yield from (f"/boards/{place.slug}" for place in life.places)
        for topic in life.topics:
            channels.append(f"topic:{topic.id}")
            yield from (form.format(topic.id) for form in OF_A_TOPIC)
        for post in life.posts:
            yield from (form.format(post.id) for form in OF_A_POST)
            yield from (f"/topics/{post.topic.id}?{name}={post.id}" for name in ("quote", "reply_to"))
        for number, decision in enumerate(life.decisions, 1):
            yield f"/moderation/log/{number}"
            yield f"/appeals/new?decision={decision.id}"
        yield from (f"/appeals/{appeal.id}" for appeal in life.appeals)
        for request in life.requests:
            yield from (f"/rights-requests/{request.id}", f"/rights-requests/{request.id}/reply")
        yield from (f"/search?q={quote(word)}" for word in life.words)
        for start in range(0, len(channels), 10):
            some = channels[start : start + 10]
            yield "/live?" + urlencode(
                [pair for name in some for pair in (("channel", name), ("after", "0"))]
            )

    def _in_vain(self) -> Iterator[tuple[str, dict[str, str]]]:
        for post in self.life.posts:
            for address, form in IN_VAIN:
                yield address.format(post.id), {name: value.format(post.id) for name, value in form.items()}

    async def _look_as_whoever_asked(self) -> None:
        async with visitor(self.app) as client:
            for request in self.life.requests:
                page = _text(await client.get(secret_path(self.app.state.site, request.id)))
                assert set(WORD.findall(page)) <= request.told, "the page of who asked"

    def _allowed(self, person: Person) -> set[str]:
        return {word for word, may_see in self.life.words.items() if may_see(person)}

    def _find(self, text: str, person: Person, where: str, besides: Set[str] = frozenset()) -> None:
        for word in set(WORD.findall(text)) - besides:
            if not self.life.words[word](person):
                at = text.index(word)
                raise AssertionError(
                    f"{person.name} sees {word} in {where}: {text[max(at - 300, 0) : at + 100]}"
                )


def _text(answer: httpx.Response) -> str:
    """As it is, and as it reads."""
    if "json" in answer.headers.get("content-type", ""):
        return json.dumps(answer.json(), ensure_ascii=False)
    return answer.text + unescape(re.sub(r"<[^>]*>", "", answer.text))
