"""Publishing: the ledger balances, everything is hashed and frozen, and everyone is told what became of theirs."""

from collections import Counter, defaultdict

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict
from forum.i18n import _
from forum.notifications import actions as notifications
from moderation.approvals import actions as approvals
from moderation.digests.actions.approving import subject
from moderation.digests.actions.sorting import bench, record
from moderation.digests.balancing import hindrances_of, ledger_of
from moderation.digests.ledger import Disposition, can_publish
from moderation.digests.proofs import HASH_VERSION
from moderation.digests.publication import place
from moderation.digests.queries import digests, groups, opinions
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest


async def publish_digest(
    db: Database, actor: Actor, digest_id: int, version: int | None = None, *, approved: bool = False
) -> str:
    """Freezes the digest for everybody to read and check; returns its hash.

    With `version`, only what the person has seen is published. `approved`: as a part of what a second person approved.
    """
    async with bench(db, actor, digest_id) as digest:
        if version is not None and version != digest.version:
            raise Conflict(_("確認の画面を開いたあとに、まとめが変わりました。もう一度確かめてください。"))
        ledger = await ledger_of(db, digest)
        require(can_publish(await hindrances_of(db, digest, ledger)))
        await groups.tidy(db, digest_id)
        proposed = await subject(db, digest)
        approval = None if approved else await approvals.require_approval(db, proposed)
        await record(db, actor, digest, "publish")
        sha256 = proposed.content
        told = await opinions.all_of(db, digest_id)
        await digests.set_published(db, digest_id, sha256=sha256, hash_version=HASH_VERSION, now=clock.now())
        await approvals.use(db, approval, sha256)
        await tell_authors(db, digest, told)
    return sha256


async def tell_authors(db: Database, digest: Digest, said: list[Opinion]) -> None:
    """One notification for each person: how many of their opinions went where, and why some were not treated."""
    by_person: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in said:
        if opinion.account_id is not None:
            by_person[opinion.account_id].append(opinion)
    for account_id, theirs in sorted(by_person.items()):
        went = Counter(opinion.disposition for opinion in theirs)
        reasons = dict.fromkeys(opinion.reason for opinion in theirs if opinion.reason)
        await notifications.tell(
            db,
            account_id,
            "digested",
            place(digest.id, theirs[0].id),
            title=digest.title,
            used=went[Disposition.USED],
            merged=went[Disposition.MERGED],
            set_aside=went[Disposition.SET_ASIDE],
            reasons=list(reasons),
        )
