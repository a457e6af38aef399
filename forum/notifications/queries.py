"""All SQL of notifications."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from forum.boards.queries import ANSWER_DUE, ANSWER_STATE, PROMISE
from forum.db import Database
from forum.notifications.rules import Choice, Mail, Subject, Told


@dataclass(frozen=True, slots=True)
class Notification:
    """What somebody is told. `post_state` and `topic_state` are those of the `post` in the parameters, if it names one, whose
    author is called as they are now; of one that the person may not read any more, they are unknown. `answer_state`: what the
    city owes that topic."""

    id: int
    account_id: int
    kind: str
    url: str
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None
    topic_id: int | None
    post_state: str | None
    topic_state: str | None
    answer_state: str | None
    answer_due_at: datetime | None
    is_internal: bool


NOTIFICATION = f"""
select n.id, n.account_id, n.kind, n.url, b.kind is not distinct from 'staff' as is_internal,
    (case when is_masked(p.id) and n.params ? 'excerpt'
        then jsonb_set(n.params, '{{excerpt}}', to_jsonb(coalesce((
            select left(masked(p.id, raw), length(n.params ->> 'excerpt')) from revisions
            where post_id = p.id and (starts_with(raw, n.params ->> 'excerpt')
                or starts_with(masked(p.id, raw), n.params ->> 'excerpt')) order by number desc limit 1), '')))
        else n.params end) || case when w.id is null then '{{}}' else jsonb_build_object('by', w.pen_name) end as params,
    n.created_at, n.read_at, t.id as topic_id, case when is_readable then p.state else 'unknown' end as post_state,
    case when is_readable then t.state else 'unknown' end as topic_state,
    case when is_readable then {ANSWER_STATE} end as answer_state, {ANSWER_DUE} as answer_due_at
from notifications n join accounts a on a.id = n.account_id
    left join posts p on p.id = cast(n.params ->> 'post' as bigint)
    left join accounts w on w.id = p.author_id and n.params ? 'by'
    left join topics t on t.id = p.topic_id left join boards b on b.id = t.board_id {PROMISE}
    cross join lateral (select b.kind is distinct from 'staff' or
        (a.role in ('staff', 'administrator') and a.suspended_at is null)) as allowed (is_readable)
"""
# Those that the mail of a moment holds: what is told at once, and the summaries that have come due.
DUE = """
mail is not null and read_at is null and (mailing_until is null or mailing_until < :now)
    and (mail = 'at_once'
        or created_at < case mail when 'daily' then cast(:morning as timestamptz) else cast(:monday as timestamptz) end)
"""


async def add(
    db: Database,
    *,
    account_ids: list[int],
    kind: str,
    url: str,
    params: dict[str, Any],
    otherwise: Choice,
    now: datetime,
) -> list[Told]:
    """As each person chose to hear of it, or `otherwise`; nothing of those who chose not to, or who have left."""
    return await db.records(
        Told,
        """
        insert into notifications (account_id, kind, url, params, created_at, in_room, mail, push)
        select told.account_id, :kind, :url, :params, :now, coalesce(c.in_room, :in_room),
            nullif(coalesce(c.mail, :mail), 'off'), reached
        from (select id, cast(:subject as text) from accounts where id = any(:account_ids) and left_at is null)
            told (account_id, subject) left join notification_choices c using (account_id, subject)
            cross join lateral (select coalesce(c.push, :push) and exists (
                select from push_devices d join sessions s on s.token_hash = d.session
                where s.account_id = told.account_id)) as devices (reached)
        where coalesce(c.in_room, :in_room) or coalesce(c.mail, :mail) <> 'off' or reached
        returning account_id, in_room, mail, push
        """,
        account_ids=account_ids,
        kind=kind,
        url=url,
        params=params,
        subject=otherwise.subject,
        in_room=otherwise.in_room,
        mail=otherwise.mail,
        push=otherwise.push,
        now=now,
    )


async def count_up(
    db: Database, account_ids: list[int], kind: str, about: int, otherwise: Choice
) -> set[int]:
    """One more in the notice that waits as the person wants it to; those of the people for whom one does."""
    rows = await db.rows(
        """
        update notifications n
        set params = jsonb_set(params, '{count}', to_jsonb(cast(params ->> 'count' as int) + 1))
        where account_id = any(:account_ids) and kind = :kind and read_at is null and mailing_until is null
            and cast(params ->> 'about' as bigint) = :about
            and mail is not distinct from nullif(coalesce((select c.mail from notification_choices c
                where c.account_id = n.account_id and c.subject = :subject), :mail), 'off')
        returning account_id
        """,
        account_ids=account_ids,
        kind=kind,
        about=about,
        subject=otherwise.subject,
        mail=otherwise.mail,
    )
    return {row["account_id"] for row in rows}


async def notification(db: Database, notification_id: int) -> Notification | None:
    return await db.record(Notification, NOTIFICATION + "where n.id = :id", id=notification_id)


async def page_of_account(db: Database, account_id: int, *, before: int, limit: int) -> list[Notification]:
    """The newest first, older than the id `before`."""
    return await db.records(
        Notification,
        NOTIFICATION
        + "where n.account_id = :account_id and n.in_room and n.id < :before order by n.id desc limit :limit",
        account_id=account_id,
        before=before,
        limit=limit,
    )


async def mark_read(db: Database, account_id: int, ids: list[int], now: datetime) -> int:
    return await db.run(
        """
        update notifications set read_at = :now
        where account_id = :account_id and id = any(:ids) and read_at is null
        """,
        account_id=account_id,
        ids=ids,
        now=now,
    )


async def mark_all_read(db: Database, account_id: int, now: datetime) -> int:
    return await db.run(
        "update notifications set read_at = :now where account_id = :account_id and read_at is null",
        account_id=account_id,
        now=now,
    )


async def choices(db: Database, account_id: int) -> list[Choice]:
    """What the person chose; nothing about what they left as it was."""
    rows = await db.rows(
        "select subject, in_room, mail, push from notification_choices where account_id = :account_id",
        account_id=account_id,
    )
    known = [row for row in rows if row["subject"] in list(Subject)]
    return [Choice(Subject(row["subject"]), row["in_room"], Mail(row["mail"]), row["push"]) for row in known]


async def choose(db: Database, account_id: int, made: list[Choice]) -> None:
    await db.run_many(
        """
        insert into notification_choices as c (account_id, subject, in_room, mail, push)
        select id, :subject, :in_room, :mail, cast(:push as boolean) from accounts where id = :account_id and left_at is null
        on conflict (account_id, subject) do update
            set in_room = excluded.in_room, mail = excluded.mail, push = coalesce(excluded.push, c.push)
        """,
        [asdict(choice) | {"account_id": account_id} for choice in made],
    )


async def drop_mail(db: Database, account_id: int, kinds: list[str]) -> None:
    """What of these kinds waits for a mail is not sent any more."""
    await db.run(
        "update notifications set mail = null where account_id = :account_id and mail is not null and kind = any(:kinds)",
        account_id=account_id,
        kinds=kinds,
    )


async def receivers_of_mail(db: Database, *, now: datetime, morning: datetime, monday: datetime) -> list[int]:
    """Everybody for whom something has come due."""
    rows = await db.rows(
        f"select distinct account_id from notifications where {DUE} order by account_id",
        now=now,
        morning=morning,
        monday=monday,
    )
    return [row["account_id"] for row in rows]


async def take_to_mail(
    db: Database, account_id: int, *, now: datetime, until: datetime, morning: datetime, monday: datetime
) -> list[int]:
    """What has come due for the person, taken until that time: nobody else sends it meanwhile."""
    rows = await db.rows(
        f"update notifications set mailing_until = :until where account_id = :account_id and {DUE} returning id",
        account_id=account_id,
        now=now,
        until=until,
        morning=morning,
        monday=monday,
    )
    return sorted(row["id"] for row in rows)


async def numbered(db: Database, ids: list[int]) -> list[Notification]:
    """In the order in which they were told."""
    return await db.records(Notification, NOTIFICATION + "where n.id = any(:ids) order by n.id", ids=ids)


async def mailed(db: Database, ids: list[int], *, left_out: list[int]) -> None:
    """What the mail left out is in the inbox, whatever the person chose: it is told nowhere else."""
    await db.run(
        """
        update notifications set mail = null, mailing_until = null, in_room = in_room or id = any(:left_out)
        where id = any(:ids)
        """,
        ids=ids,
        left_out=left_out,
    )


async def give_back(db: Database, ids: list[int]) -> None:
    """They could not be sent: whoever tries next may."""
    await db.run("update notifications set mailing_until = null where id = any(:ids)", ids=ids)


async def take_to_push(db: Database, account_id: int) -> list[int]:
    """What waits for the person's devices; nobody else sends it any more."""
    rows = await db.rows(
        "update notifications set push = false where account_id = :account_id and push returning id",
        account_id=account_id,
    )
    return sorted(row["id"] for row in rows)


async def mail_nothing(db: Database) -> None:
    await db.run("update notifications set mail = null where mail is not null")


async def forget(db: Database, account_id: int) -> None:
    """The inbox and the choices of somebody who has left."""
    await db.run("delete from notifications where account_id = :id", id=account_id)
    await db.run("delete from notification_choices where account_id = :id", id=account_id)
