"""Asking a section, answering, taking the question back, and reminding of what waits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from forum import clock
from forum.access import Actor, require
from forum.accounts import queries as accounts
from forum.accounts.queries.sections import named_sections
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.notifications.actions import tell
from forum.proof import digest
from moderation.digests.covering import title_of
from moderation.digests.queries import opinions
from moderation.inquiries import queries, rules
from moderation.inquiries.naming import named
from moderation.inquiries.rules import Answer, Inquiry, Outcome, Question, Withdrawal
from moderation.reminders.rules import EARLY, step_towards, told


async def ask(
    db: Database, actor: Actor, digest_id: int, group_id: int, question: Question, zone: tzinfo
) -> int:
    """Sends the opinions of a group as they are now to a section, with a question; once, however often the button is pressed. The
    number of the inquiry."""
    assert actor.id is not None
    async with db.transaction():
        await queries.lock_all(db)
        matter = await queries.matter(db, digest_id, group_id)
        if matter is None:
            raise NotFound
        require(rules.can_ask(actor, matter))
        now, sections = clock.now(), [number for number, _name, _en in await named_sections(db)]
        if wrong := rules.faults(question, sections, actor.section_id, now, zone):
            raise Invalid(**wrong)
        said = [one.sha256 for one in await opinions.in_groups(db, [group_id])]
        if not said:
            raise Invalid(question=_("この論点には、まだ意見がありません。"))
        asked = Inquiry(
            id=0, digest_id=digest_id, title=await title_of(db, digest_id, group_id), opinions=said, question=question.question,
            from_section_id=actor.section_id, to_section_id=question.section, asked_by=actor.id, asked_at=now,
            due_at=question.due_at(zone), sha256="",
        )  # fmt: skip
        if known := await queries.asked_already(db, asked):
            return known
        number = await queries.add(db, replace(asked, sha256=digest(rules.document(asked))))
        people = rules.circles(await accounts.office_holders(db), asked)[0]
        await _tell(db, people, "inquiry_asked", replace(asked, id=number))
    return number


async def answer(db: Database, actor: Actor, inquiry_id: int, given: Answer) -> None:
    """The section says its word; whoever asked is told, or who may read it in their place."""
    async with db.transaction():
        inquiry = await _locked(db, inquiry_id)
        require(rules.can_answer(actor, inquiry))
        await _end(db, actor, inquiry, Outcome.ANSWERED, given.answer)
        (inquiry,) = await named(db, [inquiry])
        for person in rules.hearers(await accounts.office_holders(db), inquiry):
            assert person.id is not None
            await tell(db, person.id, "inquiry_answered", place(inquiry.id), title=inquiry.title)


async def withdraw(db: Database, actor: Actor, inquiry_id: int, withdrawal: Withdrawal) -> None:
    """No answer is needed any more; the section that was asked is told why."""
    async with db.transaction():
        inquiry = await _locked(db, inquiry_id)
        require(rules.can_withdraw(actor, inquiry))
        await _end(db, actor, inquiry, Outcome.WITHDRAWN, withdrawal.reason)
        (inquiry,) = await named(db, [inquiry])
        for person in rules.circles(await accounts.office_holders(db), inquiry)[0]:
            if person.id is not None and person.id != actor.id:
                await tell(
                    db,
                    person.id,
                    "inquiry_withdrawn",
                    place(inquiry.id),
                    title=inquiry.title,
                    reason=withdrawal.reason,
                )


async def remind(db: Database) -> int:
    """Reminds of every inquiry that is due soon or late, once for each step; how many.

    What is written down is what is told: of two workers at the same moment each tells only what it wrote first.
    """
    async with db.transaction():
        now, people = clock.now(), await accounts.office_holders(db)
        due = []
        for one in await queries.waiting(db):
            step = step_towards(one.due_at, one.asked_at, now)
            if step is None or (one.reminded is not None and step <= one.reminded):
                continue
            if heard := told(rules.circles(people, one), step):
                due.append((one, step, heard))
        new = await queries.add_reminders(db, [(one.id, step, len(heard)) for one, step, heard in due], now)
        shown = await named(db, [one for one, _step, _heard in due])
        for one, (_asked, step, heard) in zip(shown, due, strict=True):
            if one.id in new:
                await _tell(db, heard, "inquiry_due", one, late=step > EARLY)
    return len(new)


def place(inquiry_id: int) -> str:
    return f"/inquiries/{inquiry_id}"


async def _tell(db: Database, people: Sequence[Actor], kind: str, inquiry: Inquiry, **params: object) -> None:
    """The title of the group and the day: no words of anybody."""
    for person in people:
        assert person.id is not None
        await tell(
            db,
            person.id,
            kind,
            place(inquiry.id),
            title=inquiry.title,
            until=inquiry.until.isoformat(),
            **params,
        )


async def _locked(db: Database, inquiry_id: int) -> Inquiry:
    inquiry = await queries.locked(db, inquiry_id)
    if inquiry is None:
        raise NotFound
    return inquiry


async def _end(db: Database, actor: Actor, inquiry: Inquiry, outcome: Outcome, words: str) -> None:
    ended = replace(inquiry, outcome=outcome, ended_by=actor.id, answer=words, ended_at=clock.now())
    await queries.end(db, replace(ended, end_sha256=digest(rules.end_document(ended))))
