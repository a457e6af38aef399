"""What every act leads to, what takes it back, and what becomes of the reports, the queue, the log and the notices: one
table, executed by the real actions on the database. What is not in it is refused; tests/life/transitions.py and
tests/moderation/test_who_does_what_when.py say of what."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from forum import clock
from forum.access import Actor
from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.notifications.queries import Notification
from forum.posts.queries import masks
from forum.posts.queries.posts import view
from forum.posts.rules import Edit, Post
from forum.topics import queries as topics
from forum.topics.actions import discussing
from forum.topics.pacing import is_slow
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer, Filing
from moderation.reviews.actions import sanctioning
from moderation.reviews.acts import Act
from moderation.reviews.queries import reports
from moderation.reviews.sanctions import Wish
from moderation.rights import actions as rights
from moderation.rights.rules import Filing as RightsFiling
from moderation.rights.rules import Judgement
from tests.factories import a_board, a_moderator, a_topic, actor, an_account, the_post
from tests.moderation.consultations.stories import SEAL
from tests.moderation.reviews.test_actions import a_post_that_is, decide, log_of, report, told
from tests.moderation.reviews.test_keeping import keep
from tests.moderation.reviews.test_masking import mask

# `taken back by`: the act that undoes it, and what the post is then; a line of the log like any other. `reports`: what
# becomes of open ones. `queue`: whether the item leaves it. `author` and `others` (who reported): of what they are told.
TABLE = """
before                  act        after                         taken back by                reports  queue   author      others
held                    approve    visible                       hide: hidden                 -        leaves  decided     -
held                    return     returned                      edit: held                   -        leaves  decided     -
held                    hide       hidden                        restore: visible             -        leaves  decided     -
returned                approve    visible                       hide: hidden                 -        -       decided     -
returned                hide       hidden                        restore: visible             -        -       decided     -
visible                 hide       hidden                        restore: visible             -        -       decided     -
reported                hide       hidden                        restore: visible             closed   leaves  decided     settled
reported                dismiss    visible                       report: reported             closed   leaves  decided     settled
hidden                  restore    visible                       hide: hidden                 -        -       decided     -
withdrawn and reported  dismiss    withdrawn                     -                            closed   leaves  -           settled
held                    mask       held, masked                  unmask: held                 -        stays   decided     -
visible                 mask       visible, masked               unmask: visible              -        -       decided     -
reported                mask       visible, masked               unmask: visible              closed   leaves  decided     settled
hidden                  mask       hidden, masked                unmask: hidden               -        -       decided     -
visible, masked         unmask     visible                       mask: visible, masked        -        -       decided     -
visible                 warn       visible                       -                            -        -       sanctioned  -
reported                warn       reported                      -                            stay     stays   sanctioned  -
visible                 silence    visible, silenced             reinstate: visible           -        -       sanctioned  -
visible                 suspend    visible, suspended            reinstate: visible           -        -       sanctioned  -
visible, silenced       suspend    visible, silenced, suspended  reinstate: visible           -        -       sanctioned  -
visible, suspended      reinstate  visible                       suspend: visible, suspended  -        -       sanctioned  -
topic                   lock       topic, locked                 unlock: topic                -        -       kept        -
topic                   slow       topic, slow                   unslow: topic                -        -       kept        -
topic                   pin        topic, pinned                 unpin: topic                 -        -       kept        -
topic                   move       topic, elsewhere              move: topic                  -        -       kept        -
topic, locked           unlock     topic                         lock: topic, locked          -        -       kept        -
topic, slow             unslow     topic                         slow: topic, slow            -        -       kept        -
topic, pinned           unpin      topic                         pin: topic, pinned           -        -       kept        -
hidden, contested       uphold     hidden                        restore: visible             -        leaves  answered    -
hidden, contested       return     returned                      edit: held                   -        leaves  answered    -
hidden, contested       restore    visible                       hide: hidden                 -        leaves  answered    -
topic, locked, contested     unlock  topic                    lock: topic, locked          -        leaves  answered    -
topic, locked, contested     uphold  topic, locked            unlock: topic                -        leaves  answered    -
topic, slow, contested       unslow  topic                    slow: topic, slow            -        leaves  answered    -
topic, elsewhere, contested  move    topic                    move: topic, elsewhere       -        leaves  answered    -
visible, claimed        hide       hidden                        restore: visible             -        leaves  decided     -
reported, claimed       hide       hidden                        restore: visible             closed   leaves  decided     settled
visible, claimed        keep       visible                       -                            -        leaves  -           -
"""
NOTICES = {"topic_kept": "kept", "appeal_answered": "answered", "report_settled": "settled"}
OUTCOMES = {
    "uphold": "upheld", "return": "partly",
    **dict.fromkeys(("restore", "unlock", "unslow", "move"), "overturned"),
}  # fmt: skip
WHERE = ("reports", "queue", "author", "others")


@dataclass
class Case:
    """A post in a situation, with all that was done to it."""

    db: Database
    post: Post
    moderator: Actor
    home: int
    elsewhere: int
    appeal: int | None = None
    request: int | None = None
    reporter: Actor | None = None

    async def do(self, act: str) -> None:
        """By whom it may be done, for a reason, on what the post is now."""
        now = await the_post(self.db, self.post.id)
        if self.appeal is not None:
            given = Answer(outcome=OUTCOMES[act], reason="見直しました。")
            await appeals.answer(self.db, await a_moderator(self.db), self.appeal, given)
            self.appeal = None
        elif self.request is not None:
            judgement = Judgement(
                outcome="granted" if act == "hide" else "refused", rule=1, reason="住所です。"
            )
            await rights.decide(self.db, self.moderator, self.request, judgement)
            self.request = None
        elif act == "edit":
            author = await actor(self.db, now.author_id)
            await discussing.edit(self.db, author, now.id, Edit(body="直しました。", version=now.version))
        elif act == "report":
            await report(self.db, now)
        elif act in ("mask", "unmask"):
            await mask(self.db, self.moderator, now, *(["賛成"] if act == "mask" else []), act=Act(act))
        elif act in ("warn", "silence", "suspend", "reinstate"):
            wish = Wish(act=Act(act), rule=2, reason="くり返しです。", version=now.version)
            await sanctioning.sanction(self.db, self.moderator, now.id, wish)
        elif act in ("lock", "unlock", "slow", "unslow", "pin", "unpin", "move"):
            to = self.elsewhere if now.board_id == self.home else self.home
            await keep(self.db, self.moderator, now, Act(act), board_id=to)
        else:
            await decide(self.db, self.moderator, now, Act(act))

    async def situation(self) -> str:
        """As the table writes it, read from the database."""
        post, author = await the_post(self.db, self.post.id), await actor(self.db, self.post.author_id)
        topic = await topics.topic(self.db, post.topic_id)
        assert topic is not None
        reported = any(found.open for found in await reports.of_post(self.db, post.id))
        is_returned = post.state == "held" and post.returned_at
        state = "returned" if is_returned else "reported" if reported else post.state
        facts = {
            "masked": bool(await masks.passages(self.db, post.id)),
            "silenced": await self._is_silenced(author),
            "suspended": author.suspended,
            "locked": topic.locked,
            "slow": is_slow(topic, clock.now()),
            "pinned": topic.pinned,
            "elsewhere": post.board_id != self.home,
        }
        return ", ".join([state, *(fact for fact, so in facts.items() if so)])

    async def _is_silenced(self, author: Actor) -> bool:
        """Also whoever is suspended as well, to whom no end is told."""
        return bool(await self.db.value("select silenced_until from accounts where id = :id", id=author.id))

    async def waits(self) -> bool:
        rows = await self.db.rows("select from review_items where open")
        return bool(rows)


async def a_case(db: Database, before: str) -> Case:
    state, *facts = before.split(", ")
    moderator = await a_moderator(db)
    post = await (a_topic(db) if state == "topic" else a_post_that_is(db, state))
    case = Case(db, post, moderator, post.board_id, (await a_board(db)).id)
    found = await reports.of_post(db, post.id)
    case.reporter = await actor(db, found[0].reporter_id) if found else None
    for fact in facts:
        await FACTS[fact](case)
    return case


async def _contested(case: Case) -> None:
    (line,) = await log_of(case.db, case.post)
    author = await actor(case.db, case.post.author_id)
    case.appeal = await appeals.file(case.db, author, line.id, Filing(body="お祭りのお知らせです。"))


async def _claimed(case: Case) -> None:
    post = await view(case.db, case.post.id)
    assert post is not None
    filing = RightsFiling(
        post="1", infringed="privacy", words="本町の家", reason="困ります。", name="花子", address="本町"
    )
    case.request = await rights.file(case.db, SEAL, post, filing)


def _by(act: str) -> Callable[[Case], Awaitable[None]]:
    async def do(case: Case) -> None:
        await case.do(act)

    return do


FACTS = {
    "contested": _contested,
    "claimed": _claimed,
    **{
        fact: _by(act)
        for fact, act in {
            "masked": "mask", "silenced": "silence", "suspended": "suspend", "locked": "lock", "slow": "slow",
            "pinned": "pin", "elsewhere": "move",
        }.items()
    },
}  # fmt: skip


def _kinds(notices: list[Notification]) -> str:
    return " ".join(NOTICES.get(notice.kind, notice.kind) for notice in notices) or "-"


def rows() -> list[list[str]]:
    return [
        [cell.strip() for cell in line.split("  ") if cell.strip()]
        for line in TABLE.strip("\n").splitlines()[1:]
    ]


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[1]} what is {row[0]}")
async def test_every_act_leads_there_and_back(db: Database, row: list[str]) -> None:
    before, act, after, inverse, *expected = row
    case = await a_case(db, before)
    author = await actor(db, case.post.author_id)
    people = [author, case.reporter or await an_account(db)]
    waited, logged = await case.waits(), len(await log_of(db, case.post))
    notices = [len(await told(db, person)) for person in people]

    await case.do(act)

    assert await case.situation() == after.replace("topic", "visible")
    heard = [(await told(db, person))[: -n or None] for person, n in zip(people, notices, strict=True)]
    open_reports = [found.open for found in await reports.of_post(db, case.post.id)]
    found = {
        "reports": ("stay" if any(open_reports) else "closed") if "reported" in before else "-",
        "queue": ("stays" if await case.waits() else "leaves") if waited else "-",
        "author": _kinds(heard[0]),
        "others": _kinds(heard[1]),
    }
    assert found == dict(zip(WHERE, expected, strict=True))
    assert [line.act for line in await log_of(db, case.post)][: -logged or None] == [act]

    if inverse != "-":
        undoing, _, back = inverse.partition(": ")
        await case.do(undoing)
        assert await case.situation() == back.replace("topic", "visible")
        lines = [line.act for line in await log_of(db, case.post)]
        assert lines[: -logged or None] == ([act] if undoing in ("edit", "report") else [undoing, act])
    assert [line async for line in every_mismatch(db, SEAL)] == []
