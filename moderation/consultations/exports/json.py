"""The result for machines: every word and every hash, enough to check the chain without this program."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from forum.proof import moment
from moderation.consultations.exports import DISCLAIMER
from moderation.consultations.exports.shapes import (
    AboutShape,
    CountsShape,
    FiguresShape,
    GroupShape,
    NoticeShape,
    OpinionShape,
    PlanShape,
    PlanVersionShape,
    ResultShape,
    TallyShape,
)
from moderation.consultations.results import About, Group, Opinion, PlanSection, Result, Tally
from moderation.consultations.rules import Consultation
from moderation.digests.counting import Counts
from moderation.digests.ledger import Figures


def export(result: Result) -> bytes:
    published: ResultShape = {
        **notice(result),
        "state": "published" if result.published_at else "considering",
        "published_at": moment(result.published_at) if result.published_at else None,
        "period_changes": [
            {
                "time": moment(one.made_at),
                "before": moment(one.closed_at),
                "after": moment(one.closes_at),
                "reason": one.reason,
            }
            for one in result.period_changes
        ],
        "plan_versions": plan_versions(result),
        "received": tally(result.received),
        "channels": [tally(each) for each in result.tallies],
        "withdrawn": result.withdrawn,
        "late": {"texts": result.late.texts, "considered": result.late.considered},
        "ledger": {"texts": ledger(result.texts), "opinions": ledger(result.opinions)},
        "reflected_opinions": result.reflected,
        "disclaimer": DISCLAIMER,
        "groups": [group(each) for each in result.groups],
        "set_aside": [opinion(each) for each in result.set_aside],
        "hash_version": result.hash_version,
        "sha256": {"digest": result.digest_sha256, "consultation": result.sha256},
    }
    return encode(published)


def unpublished(consultation: Consultation, url: str, now: datetime) -> bytes:
    """A result that is not out yet has no numbers: null, never 0."""
    nothing: ResultShape = {
        **notice(consultation, url),
        "state": consultation.state_at(now),
        "published_at": None,
        "period_changes": None,
        "plan_versions": None,
        "received": None,
        "channels": None,
        "late": None,
        "withdrawn": None,
        "ledger": None,
        "reflected_opinions": None,
        "disclaimer": DISCLAIMER,
        "groups": None,
        "set_aside": None,
        "hash_version": None,
        "sha256": None,
    }
    return encode(nothing)


def notice(of: Result | Consultation, url: str = "") -> NoticeShape:
    return {
        "title": of.title,
        "url": of.url if isinstance(of, Result) else url,
        "summary": of.summary,
        "section": of.section if isinstance(of, Result) else of.section_name,
        "opens_at": moment(of.opens_at),
        "closes_at": moment(of.closes_at),
        "short_period_reason": of.short_period_reason or None,
        "result_due": of.result_due.isoformat() if of.result_due else None,
        "plan": plan(of.plan) if isinstance(of, Result) else [],
    }


def plan(of: Iterable[PlanSection]) -> list[PlanShape]:
    return [{"position": part.position, "heading": part.heading, "body": part.body} for part in of]


def plan_versions(of: Result) -> list[PlanVersionShape]:
    """Each bound to the one before it."""
    before = [None, *(version.sha256 for version in of.plan_versions)]
    return [
        {
            "consultation": of.consultation_id,
            "number": version.number,
            "plan": plan(version.sections),
            "reason": version.reason,
            "time": moment(version.made_at),
            "previous": previous,
            "sha256": version.sha256,
        }
        for version, previous in zip(of.plan_versions, before, strict=False)
    ]


def tally(of: Tally) -> TallyShape:
    return {"channel": of.channel, **counts(of.counts)}


def counts(of: Counts) -> CountsShape:
    return cast(CountsShape, of.data)


def ledger(of: Figures) -> FiguresShape:
    return {"received": of.received, "used": of.used, "merged": of.merged, "set_aside": of.set_aside}


def group(of: Group) -> GroupShape:
    answer = of.answer
    return {
        "number": of.number,
        "title": of.title,
        "summary": of.summary,
        "plan_section": of.section or None,
        "counts": counts(of.counts),
        "opinions": [opinion(each) for each in of.opinions],
        "further": [{"number": each.number, "sha256": each.sha256} for each in of.further],
        "answer": {
            "number": answer.number,
            "category": answer.category.code,
            "category_label": answer.category.label,
            "body": answer.body,
            "reason": answer.reason,
            "plan_before": answer.plan_before,
            "plan_after": answer.plan_after,
            "opinions": list(answer.opinions),
            "sha256": answer.sha256,
            "variants": dict(answer.variants),
        },
    }


def opinion(of: Opinion) -> OpinionShape:
    return {
        "number": of.number,
        "text": of.text,
        "start": of.start,
        "end": of.end,
        "disposition": of.disposition,
        "reason": of.reason or None,
        "sha256": of.sha256,
        "source": {
            "channel": of.source.channel,
            "receipt": of.source.receipt,
            "post": of.source.post_id,
            "revision": of.source.revision,
            "url": of.source.url,
            "received_at": moment(of.source.received_at),
            "late": of.source.late,
            "sha256": of.source.sha256,
            "about": about(of.source.about) if of.source.about else None,
        },
        "copy": of.copy.value if of.copy else None,
        "copy_of": of.copy_of,
        "further": list(of.further),
    }


def about(of: About) -> AboutShape:
    return {"version": of.version, "section": of.section, "passage": of.passage, "sha256": of.sha256}


def encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
