"""A published digest as data: what anyone needs to recompute every hash, and nothing that may not be read."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from forum.proof import moment
from moderation.digests.covering import is_covered
from moderation.digests.ledger import Ledger
from moderation.digests.queries.groups import Group
from moderation.digests.queries.opinions import Opinion
from moderation.digests.queries.suggestions import Kept
from moderation.digests.rules import Digest, suggesting
from moderation.digests.rules.objecting import Objection
from moderation.digests.splitting import Part

FORMAT = "it-shimin-kaigishitsu digest 1"


def exported(
    digest: Digest,
    groups: Sequence[Group],
    said: Sequence[Opinion],
    ledger: Ledger,
    link: Callable[[str], str],
) -> dict[str, Any]:
    """`sha256` of the digest covers title, summary, groups, set_aside and since version 2 the period; see docs/provenance.md."""
    members: dict[int | None, list[Opinion]] = defaultdict(list)
    for opinion in said:
        members[opinion.group_id].append(opinion)
    # Who knows that withheld words are those of another opinion knows them.
    hashes = {opinion.id: opinion.sha256 for opinion in said if opinion.text is not None}
    return {
        "format": FORMAT,
        "url": link(f"/digests/{digest.id}"),
        "title": digest.title,
        "summary": digest.summary,
        "from": moment(digest.starts_at),
        "to": moment(digest.ends_at),
        "published_at": moment(digest.published_at) if digest.published_at else None,
        "ledger": {"texts": asdict(ledger.texts), "opinions": asdict(ledger.opinions)},
        "counts": ledger.counts.data,
        "groups": [
            {
                "number": group.position,
                "theme": group.theme,
                "title": group.title,
                "summary": group.summary,
                "covered": is_covered(group),
                "counts": ledger.in_group[group.id].data,
                "opinions": [cited(opinion, hashes, link) for opinion in members[group.id]],
            }
            for group in groups
        ],
        "set_aside": [cited(o, hashes, link) for o in members[None] if o.part == Part.OPINION],
        "greetings_and_quotes": [
            {**place(o, link), "part": o.part} for o in members[None] if o.part != Part.OPINION
        ],
        "objections": link(f"/digests/{digest.id}/objections.json"),
        "manifest": digest.manifest,
        "hash_version": digest.hash_version,
        "sha256": digest.sha256,
    }


def objected(objection: Objection) -> dict[str, Any]:
    """What an author held against the draft, without a name; `words` is null where they are withheld, and with them the seal of
    the author, so that nobody tries out words."""
    return {
        "author": None if objection.withheld else objection.seal,
        "digest": objection.digest_id,
        "filed_at": moment(objection.filed_at),
        "words": None if objection.withheld else objection.words,
        "sha256": objection.sha256,
        "answer": objection.answer,
        "withheld": objection.withheld,
        "answered_at": moment(objection.answered_at) if objection.answered_at else None,
        "answered_by": objection.answered_by,
        "answer_sha256": objection.answer_sha256,
    }


def asked(one: Kept) -> dict[str, Any]:
    """What a model was asked, word for word, and what it answered; of words that may not be read any more nothing, not even
    a hash, by which they could be guessed."""
    question = suggesting.question_document(one)
    if not one.readable:
        return {"kind": one.kind, "time": question["time"], "sha256": None, "withheld": True}
    answer = suggesting.reply_document(one) if one.answered_at else None
    return {
        **question,
        "sha256": one.sha256,
        "reply": answer and {**answer, "sha256": one.answer_sha256},
        "withheld": False,
    }


def cited(opinion: Opinion, hashes: Mapping[int, str], link: Callable[[str], str]) -> dict[str, Any]:
    """`text` is null where the words may not be read (any more); `state` says why."""
    original = hashes.get(opinion.copy_of or 0) if opinion.text is not None else None
    return {
        **place(opinion, link),
        "text": opinion.text,
        "state": opinion.state,
        "disposition": opinion.disposition,
        "reason": opinion.reason,
        "copy_of": original,
        "copy": opinion.copy if original else None,
    }


def place(opinion: Opinion, link: Callable[[str], str]) -> dict[str, Any]:
    """Where the words stand; `start` and `end` count Unicode code points of the source text."""
    source = (
        {"post": link(f"/posts/{opinion.post_id}"), "revision": opinion.revision_number}
        if opinion.post_id
        else {"submission": opinion.receipt}
    )
    return {
        "source": {**source, "sha256": opinion.source_sha256},
        "start": opinion.start_at,
        "end": opinion.end_at,
        "sha256": opinion.sha256,
    }
