"""The hashes at the end of the chain: from opinion to answer to the whole published result."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from forum.proof import digest, moment
from moderation.consultations.rules.dates import Dates

# Of the hash of a result that is published from now on.
HASH_VERSION = 2


def answer_sha256(
    *,
    number: int,
    category: str,
    body: str,
    reason: str,
    plan_before: str,
    plan_after: str,
    group: Sequence[str],
) -> str:
    """Bind an answer to the very words it answers: `group` holds the hashes of its opinions, in order."""
    return digest(
        {
            "body": body,
            "category": category,
            "group": list(group),
            "number": number,
            "plan_after": plan_after,
            "plan_before": plan_before,
            "reason": reason,
        }
    )


def plan_sha256(sections: Iterable[tuple[str, str]]) -> str:
    """The draft as residents read it: headings and bodies, in order."""
    return digest([{"body": body, "heading": heading} for heading, body in sections])


def version_sha256(
    *, consultation_id: int, number: int, plan: str, reason: str, made_at: datetime, previous: str | None
) -> str:
    """A version of a draft plan, bound to the one before it; `plan` is the hash of its words."""
    return digest(
        {
            "consultation": consultation_id,
            "number": number,
            "plan": plan,
            "previous": previous,
            "reason": reason,
            "time": moment(made_at),
        }
    )


def consultation_sha256(
    *,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    plan: str,
    digest_sha256: str,
    answers: Sequence[str],
    categories: Mapping[str, str],
    version: int = HASH_VERSION,
) -> str:
    """Seal the result: what was asked and when, what came in (the digest), what the city answered.

    Since version 2 with the categories of the answers, as they are called: {code: label}.
    """
    later = {"categories": dict(categories), "version": version} if version > 1 else {}
    return digest(
        {
            **later,
            "answers": list(answers),
            "closes": moment(closes_at),
            "digest": digest_sha256,
            "opens": moment(opens_at),
            "plan": plan,
            "title": title,
        }
    )


def change_sha256(
    *,
    consultation_id: int,
    number: int,
    act: str,
    dates: Dates,
    reason: str,
    made_at: datetime,
    previous: str | None,
) -> str:
    """A change of an announced procedure, bound to the change before it; `opens` and `due` only where these were moved."""
    more: dict[str, object] = {}
    if dates.opened_at and dates.opens_at:
        more["opens"] = [moment(dates.opened_at), moment(dates.opens_at)]
    if dates.moves_result:
        more["due"] = [day and day.isoformat() for day in (dates.due_before, dates.due_after)]
    return digest(
        {
            **more,
            "act": act,
            "after": moment(dates.closes_at),
            "before": moment(dates.closed_at),
            "consultation": consultation_id,
            "number": number,
            "previous": previous,
            "reason": reason,
            "time": moment(made_at),
        }
    )
