"""What was received, as far as it is published: each text with its passages, and nothing of the person."""

from typing import Any

from forum.proof import moment
from moderation.consultations.results import Opinion, Result, Source


def originals(result: Result) -> list[dict[str, Any]]:
    """Every text in the order in which it came. Greetings and what is withheld are no part of it."""
    passages: dict[Source, list[Opinion]] = {}
    for _group, opinion in result.every_opinion():
        passages.setdefault(opinion.source, []).append(opinion)
    texts = sorted(passages.items(), key=lambda text: (text[0].received_at, name(text[0])))
    return [original(source, opinions) for source, opinions in texts]


def name(source: Source) -> str:
    return source.receipt or f"{source.post_id}/{source.revision}"


def original(source: Source, opinions: list[Opinion]) -> dict[str, Any]:
    return {
        "channel": source.channel,
        "receipt": source.receipt,
        "post": source.post_id,
        "revision": source.revision,
        "received_at": moment(source.received_at),
        "sha256": source.sha256,
        "passages": [passage(each) for each in sorted(opinions, key=lambda each: (each.start, each.number))],
    }


def passage(opinion: Opinion) -> dict[str, Any]:
    return {
        "opinion": opinion.number,
        "start": opinion.start,
        "end": opinion.end,
        "text": opinion.text,
        "sha256": opinion.sha256,
    }
