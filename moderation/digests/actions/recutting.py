"""Cutting an opinion anew by hand: verbatim as ever, with a new hash."""

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.i18n import _
from moderation.digests.actions.sorting import bench, record, told
from moderation.digests.kinds import suggest
from moderation.digests.ledger import Disposition
from moderation.digests.proofs import of_span
from moderation.digests.queries import cuts, history, placing, spans
from moderation.digests.queries.cuts import Source, Taken
from moderation.digests.recutting import Piece, recut
from moderation.digests.rules import Cutting


async def cut(db: Database, actor: Actor, digest_id: int, opinion_id: int, cutting: Cutting) -> int:
    """Gives an opinion other words of its source; returns how many opinions came of what it left."""
    async with bench(db, actor, digest_id) as digest:
        source = await cuts.source(db, digest_id, opinion_id)
        if source is None:
            raise NotFound
        if not source.is_current:
            raise Conflict(_("もとの発言が変わりました。先に取り込み直してください。"))
        taken = {one.id: one for one in await cuts.of_source(db, digest_id, source)}
        old = taken[opinion_id]
        pieces = [Piece(one.id, one.start_at, one.end_at) for one in taken.values()]
        found = recut(source.words, pieces, opinion_id, *cutting.span(old.start_at, old.end_at))
        if found is None:
            raise Invalid(start=_("いまと違う範囲を選んでください。"))
        done = await history.touched_since(
            db, digest_id, cutting.version, groups=[], opinions=found.touched, acts=None
        )
        if done:
            raise Conflict(told(done))
        await cuts.part_from_copies(db, found.touched)
        await cuts.cut(db, [with_words(source, piece) for piece in found.changed])
        await placing.remove(db, list(found.gone))
        first = await spans.last_position(db, digest_id) + 1
        rows = [
            fresh(digest_id, source, piece, taken[piece.like or 0], at)
            for at, piece in enumerate(found.fresh, first)
        ]
        await placing.add(db, rows)
        left = {one.group_id for one in taken.values() if one.id in found.touched and one.group_id}
        await record(db, actor, digest, "recut", groups=left, touched=found.touched, made=len(found.fresh))
    return len(found.fresh)


def with_words(source: Source, piece: Piece) -> dict[str, object]:
    """A piece with its words, their hash, and what they seem to say."""
    words = source.words[piece.start : piece.end]
    says = suggest(source.shown[piece.start : piece.end])
    return {
        "id": piece.id,
        "start_at": piece.start,
        "end_at": piece.end,
        "text": words,
        "sha256": of_span(source, piece.start, piece.end),
        "masked_by": source.masked_by,
        "kind": says.kind if says else None,
        "evidence": says.evidence if says else "",
    }


def fresh(digest_id: int, source: Source, piece: Piece, like: Taken, position: int) -> dict[str, object]:
    """It stands where the opinion stands that it was cut from, but is not quoted."""
    quoted = like.disposition == Disposition.USED
    return {
        **with_words(source, piece),
        "digest_id": digest_id,
        "revision_id": source.revision_id,
        "submission_id": source.submission_id,
        "part": like.part,
        "disposition": Disposition.MERGED if quoted else like.disposition,
        "group_id": like.group_id,
        "representative": False,
        "reason": like.reason,
        "position": position,
    }
