"""What was decided: rows that are written once and read by everyone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database
from forum.posts.rules import Post
from moderation.reviews.chain import Line
from moderation.reviews.history import PostHistory


@dataclass(frozen=True, slots=True)
class Decision(Line):
    """A line of the log as pages show it. `post_public` allows a link to the post."""

    post_public: bool
    # Its words are masked since: the hash, with which they could be guessed, is not published any more.
    veiled: bool
    board_kind: str
    board_slug: str
    board_name: str
    board_name_en: str
    rule_title: str | None
    rule_title_en: str | None
    # The line whose appeal this one answers, and the line that answers an appeal against this one.
    answers: int | None
    answered_by: int | None
    # It took effect before a second person had looked: how that ended (None: still to come), and the line by which.
    provisional: bool
    second: str | None
    ended_by: int | None
    # The line that this one confirms or takes back as the second one.
    confirms: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's posts by state and how often one was returned, on the boards of a moderator; and what they may not do now."""

    pen_name: str
    locale: str
    joined_at: datetime
    silenced_until: datetime | None
    suspended_at: datetime | None
    # No post of theirs was ever shown, on any board.
    newcomer: bool
    visible: int
    held: int
    hidden: int
    withdrawn: int
    returns: int
    # What they were called before, the latest first.
    former_names: list[str]


DECISION = """
select d.number, d.id, d.version, d.appeal_of, d.act, d.board_id, d.post_id, m.label as moderator,
    s.label as proposer, d.role, d.rule_number,
    d.rule_version, d.reason, d.text_sha256, d.decided_at, d.entry, d.previous, d.sha256,
    p.state <> 'held' as post_public, d.version in (1, 3, 5) and is_masked(p.id) as veiled,
    b.kind as board_kind, b.slug as board_slug, b.name as board_name,
    b.name_en as board_name_en, c.title as rule_title, c.title_en as rule_title_en,
    f.number as answers, o.number as answered_by, w.outcome as second, w.id is not null as provisional, e.number as ended_by,
    c2.number as confirms
from decisions d
    join posts p on p.id = d.post_id
    join boards b on b.id = d.board_id
    join moderator_labels m on m.account_id = d.moderator_id
    left join charter_rules c on (c.number, c.version) = (d.rule_number, d.rule_version)
    left join decisions f on f.id = d.appeal_of
    left join decisions o on o.appeal_of = d.id
    left join moderator_labels s on s.account_id = d.proposed_by
    left join proposals w on w.enacted_by = d.id
    left join decisions e on e.id = w.decision_id
    left join proposals v on v.decision_id = d.id and v.enacted_by is not null and v.outcome <> 'overtaken'
    left join decisions c2 on c2.id = v.enacted_by
"""


async def of_post(db: Database, post_id: int) -> list[Decision]:
    """Every decision on the post, the newest first."""
    return await db.records(
        Decision, DECISION + "where d.post_id = :post_id order by d.number desc", post_id=post_id
    )


async def about_author(db: Database, actor: Actor, post: Post, limit: int) -> list[Decision]:
    """The newest decisions on other posts of the same author that say something of how they write; on the boards of this
    moderator."""
    return await db.records(
        Decision,
        f"""{DECISION} where p.author_id = :author_id and p.id <> :post_id
            and d.act <> 'approve' and d.act not in (select act from acts where about = 'topic')
            and b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids))
        order by d.number desc limit :limit""",
        author_id=post.author_id,
        post_id=post.id,
        limit=limit,
        **moderated(actor),
    )


async def standing(db: Database, actor: Actor, account_id: int) -> Standing:
    """Of somebody who has written, as this moderator may know it."""
    found = await db.record(
        Standing,
        """
        select a.pen_name, a.locale, a.created_at as joined_at, a.silenced_until, a.suspended_at,
            a.approved_posts = 0 as newcomer,
            count(*) filter (where p.state = 'visible') as visible,
            count(*) filter (where p.state = 'held') as held,
            count(*) filter (where p.state = 'hidden') as hidden,
            count(*) filter (where p.state = 'withdrawn') as withdrawn,
            cast(coalesce(sum((select count(*) from decisions where post_id = p.id and act = 'return')), 0) as bigint) as returns,
            array(select pen_name from former_names where account_id = a.id order by id desc) as former_names
        from accounts a left join (posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
                and b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids)))
            on p.author_id = a.id
        where a.id = :account_id group by a.id
        """,
        account_id=account_id,
        **moderated(actor),
    )
    assert found is not None
    return found


async def add(
    db: Database,
    *,
    post_id: int,
    revision_id: int,
    board_id: int,
    act: str,
    appeal_of: int | None,
    rule_number: int | None,
    rule_version: int | None,
    reason: str,
    moderator_id: int,
    proposed_by: int | None,
    role: str,
    text_sha256: str,
    now: datetime,
) -> int:
    decision_id: int = await db.value(
        """
        insert into decisions (post_id, revision_id, board_id, act, appeal_of, rule_number, rule_version, reason, moderator_id,
            proposed_by, role, text_sha256, decided_at)
        values (:post_id, :revision_id, :board_id, :act, :appeal_of, :rule_number, :rule_version, :reason, :moderator_id,
            :proposed_by, :role, :text_sha256, :now) returning id
        """,
        post_id=post_id,
        revision_id=revision_id,
        board_id=board_id,
        act=act,
        appeal_of=appeal_of,
        rule_number=rule_number,
        rule_version=rule_version,
        reason=reason,
        moderator_id=moderator_id,
        proposed_by=proposed_by,
        role=role,
        text_sha256=text_sha256,
        now=now,
    )
    return decision_id


async def line_hash(db: Database, decision_id: int) -> str:
    """The hash of its line of the log."""
    sha256: str = await db.value("select sha256 from decisions where id = :id", id=decision_id)
    return sha256


async def label(db: Database, account_id: int, label: str) -> None:
    """Gives a moderator the name for the log, at the first decision."""
    await db.run(
        "insert into moderator_labels (account_id, label) values (:account_id, :label) on conflict (account_id) do nothing",
        account_id=account_id,
        label=label,
    )


def histories(db: Database) -> AsyncIterator[PostHistory]:
    """Every post with all that was done to it."""
    return db.each(
        PostHistory,
        """
        select p.id, p.state, p.version, p.created_at, p.edited_at, p.shown_at, p.returned_at,
            (select count(*) from revisions where post_id = p.id) as revisions,
            d.acts, d.decided_at
        from posts p cross join lateral (
            select coalesce(array_agg(act order by number) filter (where about not in ('topic', 'account')), '{}') as acts,
                max(decided_at) filter (where about = 'post') as decided_at
            from decisions join acts using (act) where post_id = p.id
        ) d
        where p.id > :after order by p.id limit :batch
        """,
    )


async def unfounded(db: Database) -> list[str]:
    """One line where a decision names other words than those that were judged, or a report another decision."""
    rows = await db.rows(
        """
        select format('decision %s: judged hash is not that of revision %s', d.id, d.revision_id) as line
        from decisions d left join revisions r on r.id = d.revision_id and r.post_id = d.post_id
            left join seals s on s.post_id = d.post_id
        where case when d.version in (1, 3, 5) then r.sha256 else sealed(r.sha256, s.salt) end is distinct from d.text_sha256
        union all
        select format('mask %s: is no passage of post %s', m.id, m.post_id)
        from masks m left join revisions r on r.id = m.revision_id and r.post_id = m.post_id
            left join decisions d on d.id = m.set_by and d.post_id = m.post_id and d.act = 'mask'
        where r.id is null or m.end_at > length(r.raw) or d.id is null
        union all
        select format('mask %s: was not lifted as the log says', m.id)
        from masks m join decisions d on d.id = m.set_by
        where m.lifted_by is distinct from (
            select l.id from decisions l
            where l.post_id = m.post_id and l.act = 'unmask' and l.number > d.number
                and coalesce(l.appeal_of, (select enacted_by from proposals
                    where decision_id = l.id and outcome in ('declined', 'withdrawn')), m.set_by) = m.set_by
            order by l.number limit 1)
        union all
        select format('decision %s: cites rule %s in version %s, which there is not', d.id, d.rule_number, d.rule_version)
        from decisions d left join charter_rules c on (c.number, c.version) = (d.rule_number, d.rule_version)
        where num_nonnulls(d.rule_number, d.rule_version) > 0 and c.number is null
        union all
        select format('report %s: settled by decision %s, which is not on its post', r.id, r.settled_by)
        from reports r left join decisions d on d.id = r.settled_by
        where r.settled_by is not null and d.post_id is distinct from r.post_id
        order by 1
        """
    )
    return [row["line"] for row in rows]
