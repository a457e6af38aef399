"""Recomputing what consultations promise: every version of every answer, every
change of a procedure, and the sealed results."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence

from forum.db import Database
from forum.proof import digest
from moderation.consultations.gathering import Gathered, gather
from moderation.consultations.proofs import answer_sha256, change_sha256, plan_sha256, version_sha256
from moderation.consultations.queries import answers, changes, notices, progress, variants, versions
from moderation.consultations.queries.answers import AnswerRow
from moderation.consultations.queries.changes import Change
from moderation.consultations.queries.versions import Version
from moderation.consultations.rules import Consultation, State
from moderation.consultations.rules.notice import Section
from moderation.consultations.rules.progress import Report, report_sha256
from moderation.consultations.rules.variants import document
from moderation.consultations.sealing import result_sha256


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything that does not match. What lies below is verified by its own slice."""
    async for answer in answers.every(db):
        if not is_genuine(answer):
            yield f"answer {answer.number} to group {answer.group_id}: hash differs"
    async for problem in of_variants(db):
        yield problem
    for consultation in await notices.known_to_all(db):
        for problem in of_changes(consultation, await changes.of(db, consultation.id)):
            yield f"consultation {consultation.id}: {problem}"
        plan = [Section(part.heading, part.body) for part in await notices.plan(db, consultation.id)]
        for problem in of_versions(consultation, await versions.of(db, consultation.id), plan):
            yield f"consultation {consultation.id}: {problem}"
        if consultation.state == State.PUBLISHED:
            for problem in await of_result(db, consultation):
                yield f"consultation {consultation.id}: {problem}"


async def of_variants(db: Database) -> AsyncIterator[str]:
    """One line for every answer in other words that was altered, or follows none."""
    last: dict[tuple[int, str], tuple[int, str]] = defaultdict(lambda: (0, ""))
    for kept in await variants.every(db):
        number, before = last[kept.group_id, kept.language]
        if kept.number != number + 1 or kept.sha256 != digest(document(kept, before)):
            yield f"answer to group {kept.group_id} in other words ({kept.language} {kept.number}): hash differs"
        last[kept.group_id, kept.language] = (kept.number, kept.sha256)


def is_genuine(answer: AnswerRow) -> bool:
    return answer.sha256 == answer_sha256(
        number=answer.number,
        category=answer.category,
        body=answer.body,
        reason=answer.reason,
        plan_before=answer.plan_before,
        plan_after=answer.plan_after,
        group=answer.opinions,
    )


def of_changes(consultation: Consultation, made: Sequence[Change]) -> list[str]:
    """What is wrong with the changes of a procedure: one altered or gone, or an end that none of them gave."""
    problems, previous = [], None
    for number, change in enumerate(made, 1):
        if change.number != number or change.sha256 != hash_of_change(consultation.id, change, previous):
            problems.append(f"change {change.number}: hash differs")
        previous = change.sha256
    ends = [change.closes_at for change in made]
    if any(change.closed_at != end for change, end in zip(made[1:], ends, strict=False)):
        problems.append("its changes do not follow each other")
    if ends and ends[-1] != consultation.closes_at:
        problems.append("it does not close as its last change says")
    return problems


def of_versions(consultation: Consultation, kept: Sequence[Version], plan: Sequence[Section]) -> list[str]:
    """What is wrong with the versions of a plan: one altered or gone, or a plan that is not the last of them."""
    problems, previous = [], None
    for number, version in enumerate(kept, 1):
        if version.number != number or not is_genuine_version(consultation.id, version, previous):
            problems.append(f"version {version.number} of the plan: hash differs")
        previous = version.sha256
    if kept and kept[-1].parts != plan:
        problems.append("the plan is not the last of its versions")
    return problems


def is_genuine_version(consultation_id: int, version: Version, previous: str | None) -> bool:
    return version.sha256 == version_sha256(
        consultation_id=consultation_id,
        number=version.number,
        plan=plan_sha256(version.parts),
        reason=version.reason,
        made_at=version.made_at,
        previous=previous,
    )


def hash_of_change(consultation_id: int, change: Change, previous: str | None) -> str:
    return change_sha256(
        consultation_id=consultation_id,
        number=change.number,
        act=change.act,
        dates=change,
        reason=change.reason,
        made_at=change.made_at,
        previous=previous,
    )


async def of_result(db: Database, consultation: Consultation) -> list[str]:
    """What is wrong with a published result: no digest, an answer to other words, a sum that does not come out."""
    gathered = await gather(db, consultation.id)
    if gathered is None or gathered.digest.sha256 is None:
        return ["published without a published digest"]
    problems = list(gathered.lacking)
    if not gathered.balanced:
        problems.append("the ledger does not balance")
    problems += of_reports(gathered, await progress.of_digest(db, gathered.digest.id))
    if consultation.sha256 != await result_sha256(
        db, consultation, gathered, gathered.digest.sha256, consultation.hash_version
    ):
        problems.append("hash differs")
    return problems


def of_reports(gathered: Gathered, reports: Mapping[int, Sequence[Report]]) -> list[str]:
    """Reports that are not those of their answer, or of which one is missing."""
    found = []
    for group in gathered.groups:
        previous = None
        for number, report in enumerate(reports.get(group.row.id, []), 1):
            sha256 = report_sha256(
                answer=group.answer.sha256 if group.answer else "",
                number=number,
                status=report.status,
                year=report.year,
                body=report.body,
                reported_at=report.reported_at,
                previous=previous,
            )
            if report.sha256 != sha256:
                found.append(f"report {report.number} on group {group.number}: hash differs")
            previous = report.sha256
    return found
