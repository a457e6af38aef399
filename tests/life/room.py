"""Life in the room: anybody tries anything, in any order. Beside the database it is kept by hand what must become of it.

A step is four numbers: which act, who, on what, and how. So a life is a list that hypothesis makes and shortens, or a
random generator writes without end.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from forum import clock
from forum.access import GUEST, Actor
from forum.boards import queries as boards
from forum.db import Database
from forum.errors import NotFound, Refusal
from forum.posts.queries.posts import view
from forum.posts.rules import Draft, Edit, can_read_words
from forum.topics.actions import discussing
from forum.topics.rules import Opening
from moderation.appeals import actions as appealing
from moderation.appeals.rules import Answer, Filing
from moderation.reviews import actions as reviews
from moderation.reviews.actions import claiming, keeping, proposing, seconding, undoing
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping
from moderation.reviews.masking import Wish as MaskWish
from moderation.reviews.pairs import Answer as Seconded
from moderation.reviews.pairs import Done
from moderation.reviews.pairs import Step as Answers
from moderation.reviews.queries import reports
from moderation.reviews.rules import Complaint, Verdict
from moderation.reviews.sanctions import Wish as SanctionWish
from moderation.rights import actions as rights
from moderation.rights.rules import Filing as RightsFiling
from moderation.rights.rules import Judgement, Reply
from tests.factories import actor, the_post
from tests.life.things import (
    Appeal,
    Decision,
    Mask,
    MaySee,
    Person,
    Place,
    Post,
    Proposal,
    Request,
    Sanction,
    Topic,
)
from tests.life.transitions import ACTS, LEADS_TO
from tests.moderation.consultations.stories import SEAL

T = TypeVar("T")
Step = tuple[str, int, int, int]
# What became of what a moderator wanted; the newest line of the log, and the newest proposal.
Wanted = tuple[Done, int, int]

TOKYO = ZoneInfo("Asia/Tokyo")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# A word that is in one text alone.
WORD = re.compile(r"〔[a-z]+\d+〕")
# How far the clock is turned when people wait.
WAITS = (2 * MINUTE, 30 * MINUTE, DAY, 8 * DAY)
SANCTIONS = ("warn", "silence", "suspend")
# What was decided -> what each outcome of an appeal does.
OUTCOMES = {
    "hide": {"upheld": "uphold", "partly": "return", "overturned": "restore"},
    "return": {"upheld": "uphold", "overturned": "approve"},
    "mask": {"upheld": "uphold", "overturned": "unmask"},
    "dismiss": {"upheld": "uphold", "overturned": "hide"},
    **{act: {"upheld": "uphold", "overturned": "reinstate"} for act in SANCTIONS},
    **{
        act: {"upheld": "uphold", "overturned": back}
        for act, back in (("lock", "unlock"), ("slow", "unslow"), ("move", "move"))
    },
}


@dataclass
class Try:
    """Something that somebody tries: how, whether it must succeed, and what then becomes of the room."""

    do: Callable[[], Awaitable[Any]]
    may: bool
    then: Callable[[Any], None]


class Disagreement(AssertionError):
    """The room is not as it must be."""


@dataclass
class Life:
    """The room, and everything that happened in it."""

    db: Database
    people: list[Person]
    places: list[Place]
    now: datetime
    topics: list[Topic] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    appeals: list[Appeal] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    # Every word that was ever written, and who may see it now.
    words: dict[str, MaySee] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    tried: int = 0

    async def step(self, step: Step) -> bool:
        """Tries one thing, and holds the outcome against what must come of it. Whether anything was done."""
        name, who, what, how = step
        self.now += timedelta(seconds=1)
        attempt = getattr(self, name)(self._person(who), what, how)
        if attempt is None:
            return False
        self.tried += 1
        with self.moment():
            try:
                result = await attempt.do()
            except Refusal as refusal:
                if attempt.may:
                    raise Disagreement(
                        f"{step} by {self._person(who).name}: refused: {refusal!r}"
                    ) from refusal
                return False
        if not attempt.may:
            raise Disagreement(f"{step} by {self._person(who).name}: was not refused")
        attempt.then(result)
        self.done[name] = self.done.get(name, 0) + 1
        return True

    def moment(self) -> AbstractContextManager[None]:
        return clock.at(self.now)

    # ---- what residents do

    def start(self, who: Person, what: int, how: int) -> Try:
        place = one_of(self.places, what)
        # Held words and titles are seen by whoever knows of the topic; a title goes where its opening post goes.
        title, body, maskable = self._word("title"), self._word("body"), self._word("number")

        async def do() -> tuple[int, int]:
            board = await boards.board_by_id(self.db, place.id)
            assert board is not None
            opening = Opening(title=f"題{title}", body=f"文{body}と{maskable}。")
            return await discussing.start(self.db, await self._actor(who), board, opening)

        def then(ids: tuple[int, int]) -> None:
            topic = Topic(ids[0], place, who, "held")
            self.topics.append(topic)
            post = self._written(ids[1], topic, who, body, maskable)
            topic.state = post.state
            self.words[title] = lambda person: person.reads_words(post)

        return Try(do, who.reads(place) and who.speaks(self.now), then)

    def reply(self, who: Person, what: int, how: int) -> Try | None:
        if not self.topics:
            return None
        topic = one_of(self.topics, what)
        body, maskable = self._word("body"), self._word("number")
        answered = one_of(topic.posts, how)
        quote = f"> [#1](/posts/{one_of(topic.posts, how + 1).id})\n\n" if how % 3 == 0 else ""

        async def do() -> int:
            draft = Draft(body=f"{quote}文{body}と{maskable}。", reply_to_id=answered.id if how % 2 else None)
            return await discussing.reply(self.db, await self._actor(who), topic.id, draft)

        written = [post.written_at for post in topic.posts if post.author is who]
        is_early = topic.is_slow(self.now) and written and self.now < max(written) + 15 * MINUTE
        may = (
            who.knows(topic)
            and who.speaks(self.now)
            and topic.state != "held"
            and (who.keeps(topic.place) or not (topic.locked or is_early))
        )
        return Try(do, may, lambda number: self._written(number, topic, who, body, maskable) and None)

    def edit(self, who: Person, what: int, how: int) -> Try | None:
        if not self.posts:
            return None
        post = one_of(self.posts, what)
        who = who if how % 8 == 0 else post.author
        body, maskable = self._word("body"), self._word("number")
        # What was masked once stays masked, also in new words.
        kept = one_of(post.maskable, how)

        async def do() -> bool:
            words = f"文{body}と{maskable}、{kept}。"
            version = (await the_post(self.db, post.id)).version
            return await discussing.edit(
                self.db, await self._actor(who), post.id, Edit(body=words, version=version)
            )

        def then(_: bool) -> None:
            self._say(post, body, maskable)
            post.revisions += 1
            post.returned = False

        may = (
            who.knows(post)
            and who.speaks(self.now)
            and post.author is who
            and post.state in ("visible", "held")
        )
        return Try(do, may, then)

    def withdraw(self, who: Person, what: int, how: int) -> Try | None:
        if not self.posts:
            return None
        post = one_of(self.posts, what)
        who = who if how % 8 == 0 else post.author

        async def do() -> None:
            await discussing.withdraw(self.db, await self._actor(who), post.id)

        def then(_: None) -> None:
            self._becomes(post, "withdrawn")

        may = who.knows(post) and who.takes_part and post.author is who and post.state in ("visible", "held")
        return Try(do, may, then)

    def report(self, who: Person, what: int, how: int) -> Try | None:
        if not self.posts:
            return None
        post, note = one_of(self.posts, what), self._word("note")

        async def do() -> None:
            complaint = Complaint(rule=one_of([1, 2, 4, None], how), note=f"見てください{note}")
            await reviews.report(self.db, await self._actor(who), post.id, complaint)

        def then(_: None) -> None:
            post.reporters.append(who)
            self.words[note] = lambda person: person.judges(post.topic.place) and person is not post.author

        may = who.takes_part and who.knows(post) and post.author is not who and post.state == "visible"
        return Try(do, may and who not in post.reporters, then)

    # ---- what moderators do

    def decide(self, who: Person, what: int, how: int) -> Try | None:
        if not self.posts:
            return None
        post = one_of(self.posts, what)
        said, situation = self._word(), post.situation
        who = self._rather(who, how, lambda person: self._may_judge(person, post))
        act = one_of([act for act in ACTS if how % 4 == 1 or (situation, act) in LEADS_TO] or ACTS, how // 4)
        rule, two = one_of((4, 1), how // 2), act is Act.HIDE and post.topic.place.asks_two

        async def do() -> Wanted:
            now = await the_post(self.db, post.id)
            newest = max((report.id for report in await reports.of_post(self.db, post.id)), default=0)
            verdict = Verdict(act=act, rule=rule, reason=f"理由{said}", version=now.version, report=newest)
            return await self._wanted(
                await proposing.decide(self.db, await self._actor(who), post.id, verdict)
            )

        def decided(number: int) -> Decision:
            hidden = [one for one in post.decisions if one.act == "hide"][-1:] if act is Act.RESTORE else []
            decision = self._decided(
                number, act, post, who, said if act is not Act.APPROVE else None, settles=True,
                heard=[person for one in hidden for person in one.reporters],
            )  # fmt: skip
            self._becomes(post, LEADS_TO[situation, act])
            return decision

        proposal = Proposal(post, act, who, said)
        may = self._may_judge(who, post) and (situation, act) in LEADS_TO
        then = self._proposed_or(decided, proposal, two=two, at_once=post.state == "visible" and rule == 1)
        return Try(do, may and not (two and self._is_in_the_way(proposal)), then)

    def mask(self, who: Person, what: int, how: int) -> Try | None:
        if not self.posts:
            return None
        post = one_of(self.posts, what)
        act, word, said = (
            one_of((Act.MASK, Act.MASK, Act.UNMASK), how),
            one_of(post.maskable, how),
            self._word(),
        )
        who = self._rather(who, how, lambda person: self._may_judge(person, post))

        rule, two = one_of((1, 2), how // 2), act is Act.MASK and post.topic.place.asks_two

        async def do() -> Wanted:
            wish = MaskWish(
                act=act, passages=word, rule=rule, reason=f"理由{said}",
                version=(await the_post(self.db, post.id)).version, report=2**40,
            )  # fmt: skip
            return await self._wanted(await proposing.mask(self.db, await self._actor(who), post.id, wish))

        def decided(number: int) -> Decision:
            decision = self._decided(number, act, post, who, said, settles=act is Act.MASK)
            if act is Act.MASK:
                post.masks.append(Mask(word, decision))
            else:
                post.masks.clear()
            return decision

        may = (
            self._may_judge(who, post) and post.state != "withdrawn" and (act is Act.MASK or bool(post.masks))
        )
        proposal = Proposal(post, act, who, said, maskable=word)
        then = self._proposed_or(decided, proposal, two=two, at_once=post.state == "visible" and rule == 1)
        return Try(do, may and not (two and self._is_in_the_way(proposal)), then)

    def keep(self, who: Person, what: int, how: int) -> Try | None:
        if not self.topics:
            return None
        topic, said = one_of(self.topics, what), self._word()
        act = one_of(
            (Act.LOCK, Act.UNLOCK, Act.SLOW, Act.UNSLOW, Act.PIN, Act.UNPIN, Act.MOVE, Act.MOVE), how
        )
        to, slow = one_of(self.places, how // 3), topic.is_slow(self.now)
        who = self._rather(who, how // 8, lambda person: person.keeps(topic.place))

        async def do() -> int:
            wish = Keeping(act=act, reason=f"理由{said}", minutes=15, hours=3, board_id=to.id)
            return await keeping.keep(self.db, await self._actor(who), topic.id, wish)

        def then(number: int) -> None:
            self._decided(number, act, topic.opening, who, said)
            if act in (Act.LOCK, Act.UNLOCK):
                topic.locked = act is Act.LOCK
            elif act in (Act.SLOW, Act.UNSLOW):
                topic.slow_until = self.now + timedelta(hours=3) if act is Act.SLOW else None
            elif act is Act.MOVE:
                topic.place = to
            else:
                topic.pinned = act is Act.PIN

        fits = {
            Act.LOCK: not topic.locked,
            Act.UNLOCK: topic.locked,
            Act.SLOW: not topic.locked and not slow,
            Act.UNSLOW: not topic.locked and slow,
            Act.PIN: not topic.pinned,
            Act.UNPIN: topic.pinned,
            Act.MOVE: to is not topic.place
            and who.keeps(to)
            and to.is_staff_room == topic.place.is_staff_room,
        }
        return Try(do, who.knows(topic) and who.keeps(topic.place) and fits[act], then)

    def sanction(self, who: Person, what: int, how: int) -> Try | None:
        if not self.posts:
            return None
        post, said = one_of(self.posts, what), self._word()
        act = one_of((Act.WARN, Act.SILENCE, Act.SUSPEND, Act.REINSTATE, Act.REINSTATE), how)
        of = post.author
        who = self._rather(who, how, lambda person: self._may_judge(person, post))

        days, two = one_of((1, 7), how), act in (Act.SILENCE, Act.SUSPEND) and post.topic.place.asks_two

        async def do() -> Wanted:
            wish = SanctionWish(
                act=act,
                rule=2,
                reason=f"理由{said}",
                days=days,
                version=(await the_post(self.db, post.id)).version,
            )
            return await self._wanted(
                await proposing.sanction(self.db, await self._actor(who), post.id, wish)
            )

        def decided(number: int) -> Decision:
            decision = self._decided(number, act, post, who, said)
            if act is Act.REINSTATE:
                for one in of.sanctions:
                    one.taken_back = True
            else:
                of.sanctions.append(Sanction(decision, self.now + days * DAY if act is Act.SILENCE else None))
            return decision

        proposal = Proposal(post, act, who, said, days=days)
        then = self._proposed_or(decided, proposal, two=two, at_once=False)
        may = self._may_sanction(who, post, act) and not (two and self._is_in_the_way(proposal))
        return Try(do, may, then)

    def _may_sanction(self, who: Person, post: Post, act: Act) -> bool:
        of = post.author
        if of.suspended:
            fits = act is Act.REINSTATE and who.judges_everywhere
        elif act is Act.REINSTATE:
            fits = of.is_silenced(self.now) and who.judges_everywhere
        else:
            fits = act is Act.WARN or who.judges_everywhere
        return (
            self._may_judge(who, post)
            and post.state != "withdrawn"
            and (who.is_administrator or not of.holds_office)
            and fits
        )

    def claim(self, who: Person, what: int, how: int) -> Try | None:
        """A sign on the door: it changes nothing of all this."""
        if not self.posts:
            return None
        post = one_of(self.posts, what)
        who = self._rather(who, how, lambda person: self._may_judge(person, post))

        async def do() -> None:
            await claiming.claim(self.db, await self._actor(who), post.id, take_over=bool(how % 2))

        # Where nothing waits there is nothing to claim.
        return Try(do, who.id is None or not post.waits or self._may_judge(who, post), lambda _: None)

    def undo(self, who: Person, what: int, how: int) -> Try | None:
        """Of the last decision, within a minute, if it hid what was public and is not the answer to somebody."""
        who = self._rather(who, how, lambda person: bool(self.decisions) and self.decisions[-1].by is person)
        own = [decision for decision in self.decisions if decision.by is who]
        if not own or who.id is None:
            return None
        last = own[-1]
        post, now = last.post, self.now
        may = (
            last.act == "hide"
            and last is post.decisions[-1]
            and now - last.at <= MINUTE
            and post.state == "hidden"
            and post.shown
            and last.answers is None
            and not last.of_request
            and self._may_judge(who, post)
        )

        async def do() -> int:
            await undoing.undo(self.db, await self._actor(who))
            number: int = await self.db.value("select max(id) from decisions")
            return number

        def then(number: int) -> None:
            self._decided(number, Act.RESTORE, post, who, None, settles=True)
            self._becomes(post, "visible")
            self._wait_again(post, last)

        return Try(do, may, then)

    # ---- where two people decide

    async def _wanted(self, done: Done) -> Wanted:
        """What became of it; the newest line of the log, and the newest proposal."""
        row = await self.db.row(
            "select (select max(id) from decisions) as line, (select max(id) from proposals) as id"
        )
        assert row is not None
        return done, row["line"], row["id"]

    def _is_in_the_way(self, proposal: Proposal) -> bool:
        """Something is proposed already, and nothing has changed since."""
        return any(one.about == proposal.about and not one.is_stale for one in proposal.post.open_proposals)

    def _proposed_or(
        self, decided: Callable[[int], Decision], proposal: Proposal, *, two: bool, at_once: bool
    ) -> Callable[[Wanted], None]:
        """Decided, or only proposed where two are asked for; or both, where it cannot wait."""

        def then(wanted: Wanted) -> None:
            done, line, number = wanted
            assert done == (Done.DECIDED if not two else Done.AT_ONCE if at_once else Done.PROPOSED), proposal
            if not two:
                decided(line)
                return
            post = proposal.post
            for one in post.open_proposals:
                one.is_open = one.about != proposal.about
            if at_once:
                proposal.enacted = decided(line)
            else:
                self.words[proposal.said] = lambda person: (
                    person.judges(post.topic.place) and person is not post.author
                )
            proposal.id, proposal.version, proposal.revisions = number, post.version, post.revisions
            post.proposals.append(proposal)

        return then

    def second(self, who: Person, what: int, how: int) -> Try | None:
        """Confirms, declines or withdraws."""
        proposals = [proposal for post in self.posts for proposal in post.proposals]
        if not proposals:
            return None
        proposal, said = one_of(proposals[::-1], what), self._word("answer")
        step = one_of((Answers.CONFIRM, Answers.CONFIRM, Answers.DECLINE, Answers.WITHDRAW), how)
        post, is_own = proposal.post, step is Answers.WITHDRAW
        who = self._rather(
            who, how // 4, lambda person: self._may_judge(person, post) and (person is proposal.by) == is_own
        )

        async def do() -> int:
            version = (await the_post(self.db, post.id)).version
            given = Seconded(step=step, answer=f"答え{said}", version=version)
            await seconding.answer(self.db, await self._actor(who), post.id, proposal.id, given)
            number: int = await self.db.value("select max(id) from decisions")
            return number

        def then(number: int) -> None:
            self.words[said] = lambda person: person.judges(post.topic.place) or person is proposal.by
            if step is Answers.CONFIRM:
                self._confirmed(number, proposal, who, said)
            elif proposal.enacted and post.state != "withdrawn":
                self._taken_back(number, proposal, who, said)
            proposal.is_open = False

        may = self._may_judge(who, post) and (who is proposal.by) == is_own and proposal.is_open
        if step is Answers.CONFIRM:
            may = may and not proposal.is_stale
        if step is not Answers.WITHDRAW and proposal.about == "account":
            confirms = step is Answers.CONFIRM
            may = may and (
                self._may_sanction(who, post, Act(proposal.act)) if confirms else who.judges_everywhere
            )
        return Try(do, may, then)

    def _confirmed(self, number: int, proposal: Proposal, who: Person, said: str) -> None:
        post = proposal.post
        if proposal.enacted:
            self._decided(number, "confirm", post, who, said).involved.add(proposal.by)
            proposal.enacted.involved.add(who)
            return
        settles = proposal.about != "account"
        decision = self._decided(number, proposal.act, post, who, proposal.said, settles=settles)
        decision.involved.add(proposal.by)
        if proposal.act == "hide":
            self._becomes(post, "hidden")
        elif proposal.act == "mask":
            post.masks.append(Mask(proposal.maskable, decision))
        else:
            until = self.now + proposal.days * DAY if proposal.act == "silence" else None
            post.author.sanctions.append(Sanction(decision, until))

    def _taken_back(self, number: int, proposal: Proposal, who: Person, said: str) -> None:
        """What took effect at once is undone, for the reason that was given."""
        post = proposal.post
        if proposal.act == "hide":
            self._decided(number, "restore", post, who, said)
            self._becomes(post, "visible")
        else:
            self._decided(number, "unmask", post, who, said)
            post.masks = [mask for mask in post.masks if mask.set_by is not proposal.enacted]
        assert proposal.enacted is not None
        self._wait_again(post, proposal.enacted)

    # ---- appeals

    def appeal(self, who: Person, what: int, how: int) -> Try | None:
        if not self.decisions:
            return None
        contestable = [
            one for one in self.decisions[::-1] if how % 4 == 0 or one.act in OUTCOMES
        ] or self.decisions
        decision, said = one_of(contestable, what), self._word("appeal")
        concerned = [*decision.reporters, decision.post.author]
        who = who if how % 8 == 0 else one_of(concerned, how)

        async def do() -> int:
            filing = Filing(body=f"納得できません{said}")
            return await appealing.file(self.db, await self._actor(who), decision.id, filing)

        def then(number: int) -> None:
            decision.appealed = True
            self.appeals.append(Appeal(number, decision, who))
            self.words[said] = lambda person: person is who or person.judges(decision.post.topic.place)

        may = (
            self._concerns(decision, who)
            and decision.by is not who
            and not decision.appealed
            and (decision.answers is None or decision.act == "hide")
            and self._stands(decision)
            and self.now <= decision.at + 15 * DAY
        )
        return Try(do, who.id is not None and may, then)

    def answer(self, who: Person, what: int, how: int) -> Try | None:
        if not self.appeals:
            return None
        appeal, said = one_of(self.appeals[::-1], what), self._word()
        decision, post = appeal.decision, appeal.decision.post
        outcome = one_of(("upheld", "partly", "overturned", "overturned"), how)
        act = OUTCOMES[decision.act].get(outcome)
        parties = {post.author, *appeal.parties}
        who = self._rather(who, how, lambda person: person.judges(post.topic.place) and person not in parties)

        async def do() -> int:
            given = Answer(outcome=outcome, rule=4, reason=f"理由{said}")
            return await appealing.answer(self.db, await self._actor(who), appeal.id, given)

        def then(number: int) -> None:
            assert act is not None
            appeal.answer = self._decided(
                number, act, post, who, said, answers=decision, settles=act == "hide"
            )
            if act == "unmask":
                post.masks = [mask for mask in post.masks if mask.set_by is not decision]
            elif act == "reinstate":
                for one in post.author.sanctions:
                    one.taken_back = one.taken_back or one.decision is decision
            elif act == "unlock":
                post.topic.locked = False
            elif act == "unslow":
                post.topic.slow_until = None
            elif act == "move":
                post.topic.place = decision.place
            elif act != "uphold":
                self._becomes(post, {"return": "returned", "hide": "hidden"}.get(act, "visible"))

        may = (
            who.judges(post.topic.place)
            and who not in parties
            and appeal.answer is None
            and act is not None
            and self._stands(decision)
        )
        return Try(do, may, then)

    def _concerns(self, decision: Decision, who: Person) -> bool:
        if decision.act == "dismiss":
            return who in decision.reporters
        return decision.act in OUTCOMES and decision.post.author is who

    def _stands(self, decision: Decision) -> bool:
        post = decision.post
        if decision.act in SANCTIONS:
            return not any(one.decision is decision and one.taken_back for one in post.author.sanctions)
        later = post.decisions[post.decisions.index(decision) + 1 :]
        if any(one.about == decision.about for one in later):
            return False
        return {
            **dict.fromkeys(("lock", "slow", "move"), True),
            "hide": post.state == "hidden",
            "mask": post.state != "withdrawn",
            "return": post.state == "held" and post.returned,
            "dismiss": post.state == "visible" and post.revisions == decision.revision,
        }[decision.act]

    # ---- people whose rights a post may infringe

    def claim_rights(self, who: Person, what: int, how: int) -> Try | None:
        if not self.posts:
            return None
        post = one_of(self.posts, what)
        words, reason, name = self._word("claimed"), self._word("claim"), self._word("name")

        async def do() -> int:
            found, asking = await view(self.db, post.id), await self._actor(who)
            if found is None or not can_read_words(asking, found):
                raise NotFound
            filing = RightsFiling(
                post=str(post.id), infringed="privacy", words=f"言葉{words}", reason=f"困ります{reason}",
                name=f"氏名{name}", email="hanako@example.jp",
            )  # fmt: skip
            return await rights.file(self.db, SEAL, found, filing)

        def then(number: int) -> None:
            request = Request(number, post, told={words, reason})
            self.requests.append(request)
            self.words[name] = lambda person: False
            for word in (words, reason):
                self.words[word] = lambda person: (
                    (person.judges(post.topic.place) and person is not post.author)
                    or (person is post.author and request.asked_until is not None)
                )

        return Try(do, who.reads_words(post), then)

    def ask(self, who: Person, what: int, how: int) -> Try | None:
        if not self.requests:
            return None
        request = one_of(self.requests[::-1], what)
        who = self._rather(who, how, lambda person: self._may_handle(person, request))

        async def do() -> None:
            await rights.ask(self.db, await self._actor(who), request.id, TOKYO)

        def then(_: None) -> None:
            last_day = self.now.astimezone(TOKYO).date() + 7 * DAY
            request.asked_until = datetime.combine(last_day + DAY, time(), TOKYO)

        may = (
            self._may_handle(who, request)
            and request.asked_until is None
            and request.outcome is None
            and request.post.state in ("visible", "held")
        )
        return Try(do, may, then)

    def reply_to_request(self, who: Person, what: int, how: int) -> Try | None:
        if not self.requests:
            return None
        request, said = one_of(self.requests[::-1], what), self._word("reply")
        who = who if how % 4 == 0 else request.post.author

        async def do() -> None:
            given = Reply(answer=one_of(("objected", "consented"), how), body=f"わたしの考え{said}")
            await rights.reply(self.db, await self._actor(who), request.id, given)

        def then(_: None) -> None:
            request.answered = True
            self.words[said] = lambda person: (
                person is request.post.author or person.judges(request.post.topic.place)
            )

        return Try(do, who is request.post.author and self._waits_for_author(request), then)

    def judge_request(self, who: Person, what: int, how: int) -> Try | None:
        if not self.requests:
            return None
        request, said = one_of(self.requests[::-1], what), self._word()
        post, outcome = request.post, one_of(("granted", "refused", "gone"), how)
        who = self._rather(who, how, lambda person: self._may_handle(person, request))

        async def do() -> int | None:
            judgement = Judgement(outcome=outcome, rule=1, reason=f"理由{said}")
            await rights.decide(self.db, await self._actor(who), request.id, judgement)
            number: int | None = await self.db.value(
                "select decision_id from rights_steps where request_id = :id order by number desc limit 1",
                id=request.id,
            )
            return number

        def then(number: int | None) -> None:
            request.outcome = outcome
            request.told.add(said)
            if number is None:
                self.words[said] = lambda person: (
                    person.judges(post.topic.place)
                    or (person is post.author and request.asked_until is not None)
                )
                return
            act = "hide" if outcome == "granted" else "keep"
            self._decided(number, act, post, who, said, settles=act == "hide").of_request = True
            if act == "hide":
                self._becomes(post, "hidden")

        is_public = post.state in ("visible", "held")
        may = (
            self._may_handle(who, request)
            and who.knows(post)
            and request.outcome is None
            and not self._waits_for_author(request)
            and (outcome != "gone") == is_public
        )
        return Try(do, may, then)

    def _may_handle(self, who: Person, request: Request) -> bool:
        return who.judges(request.post.topic.place) and who is not request.post.author

    def _waits_for_author(self, request: Request) -> bool:
        return (
            request.asked_until is not None
            and self.now < request.asked_until
            and not request.answered
            and request.outcome is None
        )

    # ---- what waits for moderators

    def queue_of(self, person: Person) -> dict[str, int]:
        """How many of each kind this moderator is to see."""
        found: dict[str, int] = {}
        for post, kind, barred in self.waiting():
            if person.judges(post.topic.place) and person not in {post.author, *barred}:
                found[kind] = found.get(kind, 0) + 1
        return found

    def waiting(self) -> Iterator[tuple[Post, str, set[Person]]]:
        """What, as what, and who may not decide it beside the author of the words."""
        for post in self.posts:
            if post.waits:
                # Nobody confirms their own; what two have proposed, each of them can confirm for the other.
                proposers = {proposal.by for proposal in post.open_proposals if post.waits == "proposed"}
                yield post, post.waits, proposers if len(proposers) == 1 else set()
        for appeal in self.appeals:
            if appeal.answer is None and self._stands(appeal.decision):
                yield appeal.decision.post, "appeal", appeal.parties
        for request in self.requests:
            if request.outcome is None and not self._waits_for_author(request):
                yield request.post, "request", set()

    # ---- time

    def wait(self, who: Person, what: int, how: int) -> None:
        self.now += one_of(WAITS, how)

    # ---- what all of these have in common

    def _may_judge(self, who: Person, post: Post) -> bool:
        return who.knows(post) and who.judges(post.topic.place) and post.author is not who

    def _written(self, number: int, topic: Topic, who: Person, body: str, maskable: str) -> Post:
        trusted = who.role in ("staff", "administrator") or who.keeps(topic.place) or not who.is_new
        post = Post(number, topic, who, "visible" if trusted else "held", self.now, shown=trusted)
        topic.posts.append(post)
        self.posts.append(post)
        self._say(post, body, maskable)
        return post

    def _say(self, post: Post, body: str, maskable: str) -> None:
        """New words of a post; those that are masked are its author's alone."""
        post.maskable.append(maskable)
        self.words[body] = lambda person: person.reads_words(post)
        self.words[maskable] = lambda person: (
            person.reads_words(post) and (person is post.author or not post.is_masked(maskable))
        )

    def _decided(
        self,
        number: int,
        act: str,
        post: Post,
        by: Person,
        said: str | None,
        *,
        settles: bool = False,
        answers: Decision | None = None,
        heard: Sequence[Person] = (),
    ) -> Decision:
        """A line of the log, with its reason, for everybody who may read the board, and whom it concerns."""
        settled = post.reporters if settles else []
        decision = Decision(
            number, act, post, by, self.now, post.topic.place, post.revisions, [*settled], answers
        )
        if decision.is_about_the_post:
            for proposal in post.proposals:
                proposal.is_open = proposal.is_open and proposal.about == "account"
        if settles:
            post.reporters = []
        self.decisions.append(decision)
        post.decisions.append(decision)
        place, told = post.topic.place, [post.author, *settled, *heard]
        if said:
            self.words[said] = lambda person: person.reads(place) or person in told
        return decision

    def _becomes(self, post: Post, situation: str) -> None:
        post.state = {"returned": "held", "withdrawn and reported": "withdrawn"}.get(situation, situation)
        post.returned = situation == "returned"
        # An opening that is given back after an appeal leaves its topic without a title: others have replied.
        if post is post.topic.opening and not post.returned:
            post.topic.state = post.state
        if post.state == "visible" and not post.shown:
            post.shown, post.author.is_new = True, False

    def _wait_again(self, post: Post, undone: Decision) -> None:
        """Reports that were answered by what was taken back, except of those who have reported again."""
        again = [person for person in undone.reporters if person in post.reporters]
        post.reporters += [person for person in undone.reporters if person not in again]
        undone.reporters = again

    def _rather(self, who: Person, how: int, fits: Callable[[Person], bool]) -> Person:
        """Mostly somebody who might: else hardly anything would ever be done."""
        fitting = [person for person in self.people if fits(person)]
        return who if how % 4 == 0 or not fitting else one_of(fitting, self.people.index(who))

    def _person(self, number: int) -> Person:
        return one_of(self.people, number)

    async def _actor(self, who: Person) -> Actor:
        return GUEST if who.id is None else await actor(self.db, who.id)

    def _word(self, of: str = "reason") -> str:
        """Anew at every call; as long as nobody has written it, nobody may see it."""
        word = f"〔{of}{len(self.words)}〕"
        self.words[word] = lambda person: False
        return word


# What is tried, and how often among the others; first what matters least, to which hypothesis reduces the rest.
ACTS_OF_LIFE = (
    *("wait", "start", "reply", "reply", "reply", "edit", "withdraw", "report", "report"),
    *("decide", "decide", "decide", "mask", "mask", "second", "second", "keep", "sanction", "claim", "undo"),
    *("appeal", "appeal", "answer", "answer", "claim_rights", "ask", "reply_to_request", "judge_request"),
)


def one_of(things: Sequence[T], number: int) -> T:
    return things[number % len(things)]
