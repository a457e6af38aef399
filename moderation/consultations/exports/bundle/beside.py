"""What stands in a bundle beside the result: the digest, objections to it, what became of the answers, the texts as they came."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forum.db import Database
from forum.proof import moment
from moderation.consultations.gathering import Gathered
from moderation.consultations.queries import originals, progress
from moderation.consultations.queries.originals import Original
from moderation.consultations.rules import Consultation
from moderation.consultations.rules.progress import Report
from moderation.digests.publication import data_of, heard_of, suggested_of
from moderation.submissions.attachments import Attachment
from moderation.submissions.queries import attached


@dataclass(frozen=True)
class Beside:
    """All of it as data. `originals` by the receipt, or by the number of the post and of its version."""

    digest: Mapping[str, Any]
    progress: Mapping[str, Any]
    objections: Mapping[str, Any] = field(default_factory=lambda: {"objections": []})
    # None where no model was asked.
    suggestions: Mapping[str, Any] | None = None
    originals: Mapping[str, Original] = field(default_factory=dict)
    # By the hash of the words, what came with them.
    attachments: Mapping[str, Sequence[Attachment]] = field(default_factory=dict)


async def beside(
    db: Database, consultation: Consultation, gathered: Gathered, link: Callable[[str], str]
) -> Beside:
    return Beside(
        digest=await data_of(db, gathered.digest, link),
        progress=progress_data(
            consultation,
            gathered,
            await progress.of_digest(db, gathered.digest.id),
            link(f"/consultations/{consultation.id}/progress"),
        ),
        objections=await heard_of(db, gathered.digest.id),
        suggestions=await suggested_of(db, gathered.digest.id) if gathered.digest.asked else None,
        originals={one.name: one for one in await originals.of_digest(db, gathered.digest.id)},
        attachments=by_words(await attached.of_consultation(db, consultation.id)),
    )


def by_words(attachments: Iterable[Attachment]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for each in attachments:
        found.setdefault(each.submission_sha256, []).append(each)
    return found


def progress_data(
    consultation: Consultation, gathered: Gathered, reports: Mapping[int, Sequence[Report]], url: str
) -> dict[str, Any]:
    """Everything that is needed to check the reports without us."""
    groups = [
        {
            "number": group.number,
            "title": group.row.title,
            "answer": group.answer.sha256 if group.answer else None,
            "reports": [shown(each) for each in reports.get(group.row.id, [])],
        }
        for group in gathered.groups
    ]
    return {"title": consultation.title, "url": url, "result": consultation.sha256, "groups": groups}


def shown(of: Report) -> dict[str, object]:
    return {
        "number": of.number,
        "status": of.status,
        "year": of.year,
        "body": of.body,
        "time": moment(of.reported_at),
        "sha256": of.sha256,
    }
