"""The texts from which the opinions of a digest were cut, whole, as far as everybody may read them."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Original:
    """A submission or one version of a post. What its hash is made of, and nothing else."""

    receipt: str | None
    consultation_id: int | None
    channel: str | None
    plan_section_id: int | None
    post_id: int | None
    revision_number: int | None
    author: str | None
    body: str
    written_at: datetime

    @property
    def name(self) -> str:
        return self.receipt or f"{self.post_id}/{self.revision_number}"


async def of_digest(db: Database, digest_id: int) -> list[Original]:
    """Posts that are masked or may not be read are not among them."""
    return await db.records(
        Original,
        """
        select s.receipt, s.consultation_id, s.channel, s.plan_section_id, null as post_id, null as revision_number,
            null as author, s.body, s.received_at as written_at
        from submissions s left join revisions w on w.id = s.revision_id
        where exists (select from opinions o where o.digest_id = :id and o.submission_id = s.id)
            and not is_masked(w.post_id) and not is_hidden(w.post_id)
        union all
        select null, null, null, null, p.id, r.number, a.pseudonym, r.raw, r.created_at
        from revisions r join posts p on p.id = r.post_id join accounts a on a.id = p.author_id
            join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
        where exists (select from opinions o where o.digest_id = :id and o.revision_id = r.id)
            and p.state = 'visible' and b.kind <> 'staff' and not is_masked(p.id)
        """,
        id=digest_id,
    )
