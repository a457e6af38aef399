"""The values that are hashed, field by field as docs/provenance.md describes them.

Written apart from the code that makes the hashes: what is wrong in one place does not verify in the other.
"""

from forum.posts.rules import Revision
from forum.posts.viewing import View
from forum.proof import canonical, digest, moment
from forum.topics.titles import Title
from moderation.records.rules import CitedOpinion, GivenAnswer

Document = dict[str, object]


def holds(document: Document, sha256: str) -> bool:
    return digest(document) == sha256


def written(document: Document) -> str:
    """The very text that is hashed."""
    return canonical(document).decode()


def of_title(title: Title) -> Document:
    return {
        "author": title.author,
        "time": moment(title.created_at),
        "title": title.title,
        "topic": title.id,
        "version": 1,
    }


def of_revision(revision: Revision) -> Document:
    return {
        "author": revision.author,
        "number": revision.number,
        "post": revision.post_id,
        "raw": revision.raw,
        "time": moment(revision.created_at),
    }


def of_view(view: View) -> Document:
    """A revision of which a part is masked."""
    return {
        "author": view.revision.author,
        "number": view.revision.number,
        "post": view.revision.post_id,
        "seal": view.seal,
        "shown": view.shown,
        "time": moment(view.revision.created_at),
    }


def of_opinion(opinion: CitedOpinion) -> Document:
    return {
        "end": opinion.end,
        "source": opinion.source,
        "start": opinion.start,
        "text": opinion.hashed,
    }


def of_answer(answer: GivenAnswer) -> Document:
    return {
        "body": answer.body,
        "category": answer.category,
        "group": answer.opinions,
        "number": answer.number,
        "plan_after": answer.plan_after,
        "plan_before": answer.plan_before,
        "reason": answer.reason,
    }
