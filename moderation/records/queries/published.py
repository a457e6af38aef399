"""What is published, as lists."""

from forum.db import Database, columns
from forum.topics.polling import Poll, Result
from forum.topics.queries.polls import POLL
from moderation.records.rules import Published

# Of polls, what everybody may see of what is over.
OPEN_POLLS = """
select p.id from polls p join poll_results r on r.poll_id = p.id join topics t on t.id = p.topic_id
    join boards b on b.id = t.board_id
where t.state = 'visible' and not t.polls_hidden and b.kind <> 'staff'
    and not exists (select from hidden_polls where poll_id = p.id and lifted_by is null)
"""
LISTED = "select id, title, sha256, published_at from {} where state = 'published' order by published_at desc, id desc"


async def digests(db: Database) -> list[Published]:
    """Every published digest, the newest first."""
    return await db.records(Published, LISTED.format("digests"))


async def maps(db: Database) -> list[Published]:
    """Every opinion map by the id and title of its digest, the newest first."""
    return await db.records(
        Published,
        """
        select d.id, d.title, m.sha256, m.drawn_at as published_at
        from maps m join digests d on d.id = m.digest_id where m.drawn_at is not null
        order by m.drawn_at desc, m.id desc
        """,
    )


async def results(db: Database) -> list[Published]:
    return await db.records(Published, LISTED.format("consultations"))


async def polls(db: Database) -> list[tuple[Poll, Result]]:
    """The oldest first."""
    asked = await db.records(Poll, f"{POLL} where id in ({OPEN_POLLS}) order by id")
    results = await db.records(
        Result, f"select {columns(Result)} from poll_results where poll_id in ({OPEN_POLLS})"
    )
    by_poll = {result.poll_id: result for result in results}
    return [(poll, by_poll[poll.id]) for poll in asked if poll.id in by_poll]
