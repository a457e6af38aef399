"""Masks: passages of a post that are published as ■, while the words themselves stay as they were written."""

from collections.abc import Iterable, Iterator

from forum.posts.rules import Revision
from forum.proof import digest, moment

MASK = "■"


def masked(words: str, passages: Iterable[str]) -> str:
    """■ for every letter of every passage, wherever it stands: what is said twice is masked twice.

    As many as there were letters, so that a place in the words is the same place in what is published.
    """
    covered = list(words)
    for passage in passages:
        for start in _places(words, passage):
            covered[start : start + len(passage)] = MASK * len(passage)
    return "".join(covered)


def seal(revision_sha256: str, salt: str) -> str:
    """Names a revision without letting anybody try out which words give its hash."""
    return digest({"revision": revision_sha256, "salt": salt})


def view_hash(revision: Revision, shown: str, seal: str) -> str:
    """The hash of a revision as it is published; docs/provenance.md describes it field by field."""
    return digest(
        {
            "author": revision.author,
            "number": revision.number,
            "post": revision.post_id,
            "seal": seal,
            "shown": shown,
            "time": moment(revision.created_at),
        }
    )


def _places(words: str, passage: str) -> Iterator[int]:
    """Where the passage begins, also where it overlaps itself."""
    at = words.find(passage) if passage else -1
    while at >= 0:
        yield at
        at = words.find(passage, at + 1)
