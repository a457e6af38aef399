"""Polls that are hidden, as `forum verify` holds them against the log."""

from forum.db import Database


async def unfounded(db: Database) -> list[str]:
    """One line for every poll that is hidden, or shown, otherwise than the log says."""
    rows = await db.rows(
        """
        select format('topic %s: its polls are hidden, or shown, otherwise than the log says', t.id) as line
        from topics t join posts p on p.topic_id = t.id and p.number = 1
        where t.polls_hidden is distinct from coalesce((
            select act = 'hide_polls' from decisions where post_id = p.id and act in ('hide_polls', 'show_polls')
            order by number desc limit 1), false)
        union all
        select format('decision %s: hides or shows a poll, and no poll was', d.id)
        from decisions d where d.act = 'hide_poll' and not exists (select from hidden_polls where set_by = d.id)
            or d.act = 'show_poll' and not exists (select from hidden_polls where lifted_by = d.id)
        union all
        select format('poll %s: was hidden, or shown again, otherwise than the log says', h.poll_id)
        from hidden_polls h left join decisions d on d.id = h.set_by left join decisions l on l.id = h.lifted_by
        where d.act is distinct from 'hide_poll' or h.lifted_by is not null and (l.act is distinct from 'show_poll'
            or l.post_id <> d.post_id or l.number < d.number or coalesce(l.appeal_of, d.id) <> d.id)
        order by 1
        """
    )
    return [row["line"] for row in rows]
