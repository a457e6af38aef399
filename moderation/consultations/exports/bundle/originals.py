"""What was received, as far as it is published: each text with its passages, and nothing of the person."""

from collections.abc import Mapping, Sequence
from typing import Any

from forum.proof import moment
from forum.screening.personal import personal_data
from moderation.consultations.exports.json import about
from moderation.consultations.queries.originals import Original
from moderation.consultations.results import Opinion, Result, Source
from moderation.submissions.attachments import Attachment


def originals(
    result: Result, whole: Mapping[str, Original], attachments: Mapping[str, Sequence[Attachment]]
) -> list[dict[str, Any]]:
    """Every text in the order in which it came: its passages, and the whole of it where nothing in it is withheld."""
    passages: dict[Source, list[Opinion]] = {}
    for _group, opinion in result.every_opinion():
        passages.setdefault(opinion.source, []).append(opinion)
    texts = sorted(passages.items(), key=lambda text: (text[0].received_at, name(text[0])))
    return [
        {**original(source, opinions, whole.get(name(source))), "attachments": came_with(source, attachments)}
        for source, opinions in texts
    ]


def came_with(source: Source, attachments: Mapping[str, Sequence[Attachment]]) -> list[dict[str, Any]]:
    """Of what the section keeps back, the hashes alone; where the rest is, the addresses say."""
    return [
        {
            "kind": each.kind,
            "bytes": each.bytes,
            "file": each.file_sha256,
            "time": moment(each.attached_at),
            "sha256": each.sha256,
            "published": each.is_public,
        }
        for each in attachments.get(source.sha256 or "", ())
    ]


def name(source: Source) -> str:
    return source.receipt or f"{source.post_id}/{source.revision}"


def original(source: Source, opinions: Sequence[Opinion], whole: Original | None) -> dict[str, Any]:
    return {
        "channel": source.channel,
        "receipt": source.receipt,
        "post": source.post_id,
        "revision": source.revision,
        "received_at": moment(source.received_at),
        "sha256": source.sha256,
        "about": about(source.about) if source.about else None,
        "hashed": hashed(whole) if whole and may_be_shown(whole, opinions) else None,
        "passages": [passage(each) for each in sorted(opinions, key=lambda each: (each.start, each.number))],
    }


def may_be_shown(whole: Original, opinions: Sequence[Opinion]) -> bool:
    """Not where a passage is withheld, nor where a letter seems to say more of a person than its opinions need.

    Posts are read by everybody anyway. What a clerk copied from paper may end with an address.
    """
    if any(opinion.text is None for opinion in opinions):
        return False
    return whole.post_id is not None or not personal_data(whole.body)


def hashed(whole: Original) -> dict[str, Any]:
    """What the hash of the text is made of (docs/provenance.md), the whole text among it."""
    time = moment(whole.written_at)
    if whole.post_id is not None:
        version = {"number": whole.revision_number, "post": whole.post_id}
        return {"author": whole.author, **version, "raw": whole.body, "time": time}
    return {
        "body": whole.body,
        "channel": whole.channel,
        "consultation": whole.consultation_id,
        "receipt": whole.receipt,
        "section": whole.plan_section_id,
        "time": time,
    }


def passage(opinion: Opinion) -> dict[str, Any]:
    return {
        "opinion": opinion.number,
        "start": opinion.start,
        "end": opinion.end,
        "text": opinion.text,
        "sha256": opinion.sha256,
    }
