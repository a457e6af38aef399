"""All SQL of the calendar and of the groups."""

from datetime import datetime

from forum.access import Actor
from forum.community.rules import End, Group, GroupForm, Occasion, OccasionForm
from forum.db import Database, columns

OCCASION = """
select o.id, o.kind, o.title, o.starts_at, o.ends_at, o.place, o.host, o.about, o.link, o.cancelled, o.version,
    o.entered_by, s.name as section_name, s.name_en as section_name_en
from occasions o left join sections s on s.id = o.section_id
"""
TEXTS = {"kind", "title", "place", "host", "about", "link"}
GROUP_TEXTS = {"name", "about", "contact", "link"}
GROUP = f"select {columns(Group)} from citizen_groups "


async def occasion(db: Database, occasion_id: int) -> Occasion | None:
    return await db.record(Occasion, OCCASION + "where o.id = :id", id=occasion_id)


async def locked_occasion(db: Database, occasion_id: int) -> Occasion | None:
    """For this transaction alone."""
    return await db.record(Occasion, OCCASION + "where o.id = :id for update of o", id=occasion_id)


async def occasions(db: Database, since: datetime, limit: int, *, after: int = 0) -> list[Occasion]:
    """What is not over by then, the first first: without an end it goes on for the rest of its day. What follows `after`, if
    there is one."""
    return await db.records(
        Occasion,
        # The first condition has an index.
        OCCASION
        + """
        where coalesce(o.ends_at, o.starts_at) >= cast(:since as timestamptz) - interval '1 day'
            and coalesce(o.ends_at, end_of_day(o.starts_at)) > :since
            and (cast(:after as bigint) = 0 or (o.starts_at, o.id) > (select starts_at, id from occasions where id = :after))
        order by o.starts_at, o.id limit :limit
        """,
        since=since,
        after=after,
        limit=limit,
    )


async def ends(db: Database, since: datetime, limit: int) -> list[End]:
    """The days on which phases of discussions end, as everybody may read them; the slice of topics lies above."""
    return await db.records(
        End,
        """
        select t.id as topic_id, t.title, cast(one.place as int) as place, one.phase ->> 'name' as phase, ends_at
        from topics t join boards b on b.id = t.board_id
            cross join jsonb_array_elements(t.timetable) with ordinality as one (phase, place)
            cross join lateral (select cast(one.phase ->> 'ends' as timestamptz) as ends_at) end_of_phase
        where t.closes_at >= :since and t.state = 'visible' and not t.locked and t.merged_into is null
            and b.kind <> 'staff' and ends_at >= :since
        order by ends_at, t.id limit :limit
        """,
        since=since,
        limit=limit,
    )


async def lock_occasions(db: Database) -> None:
    """One entry after the other."""
    await db.run("lock table occasions in share row exclusive mode")


async def entered_already(
    db: Database, actor: Actor, form: OccasionForm, span: tuple[datetime, datetime | None]
) -> int | None:
    """The number of the very same entry of the same person, unless it was called off."""
    number: int | None = await db.value(
        """
        select id from occasions
        where entered_by = :entered_by and not cancelled and starts_at = :starts_at and ends_at is not distinct from :ends_at
            and (kind, title, place, host, about, link) = (:kind, :title, :place, :host, :about, :link)
        """,
        **form.model_dump(include=TEXTS),
        starts_at=span[0],
        ends_at=span[1],
        entered_by=actor.id,
    )
    return number


async def add_occasion(
    db: Database, actor: Actor, form: OccasionForm, span: tuple[datetime, datetime | None], now: datetime
) -> int:
    number: int = await db.value(
        """
        insert into occasions (kind, title, starts_at, ends_at, place, host, about, link, entered_by, section_id, changed_at)
        values (:kind, :title, :starts_at, :ends_at, :place, :host, :about, :link, :entered_by, :section_id, :now)
        returning id
        """,
        **form.model_dump(include=TEXTS),
        starts_at=span[0],
        ends_at=span[1],
        entered_by=actor.id,
        section_id=actor.section_id,
        now=now,
    )
    return number


async def change_occasion(
    db: Database,
    occasion_id: int,
    form: OccasionForm,
    span: tuple[datetime, datetime | None],
    now: datetime,
) -> None:
    await db.run(
        """
        update occasions set kind = :kind, title = :title, starts_at = :starts_at, ends_at = :ends_at, place = :place,
            host = :host, about = :about, link = :link, cancelled = :cancelled, version = version + 1, changed_at = :now
        where id = :id
        """,
        **form.model_dump(include={*TEXTS, "cancelled"}),
        starts_at=span[0],
        ends_at=span[1],
        id=occasion_id,
        now=now,
    )


async def group(db: Database, group_id: int) -> Group | None:
    return await db.record(Group, GROUP + "where id = :id", id=group_id)


async def locked_group(db: Database, group_id: int) -> Group | None:
    """For this transaction alone."""
    return await db.record(Group, GROUP + "where id = :id for update", id=group_id)


async def groups(db: Database, actor: Actor, *, after: int, limit: int) -> list[Group]:
    """By name; behind all others those that are listed no longer, for who may list them again. What follows `after`, if there is
    one."""
    return await db.records(
        Group,
        GROUP
        + """
        where (not unlisted or :is_staff or entered_by = :actor_id) and (cast(:after as bigint) = 0
            or (unlisted, name, id) > (select unlisted, name, id from citizen_groups where id = :after))
        order by unlisted, name, id limit :limit
        """,
        is_staff=actor.is_staff,
        actor_id=actor.id,
        after=after,
        limit=limit,
    )


async def lock_groups(db: Database) -> None:
    """One entry after the other."""
    await db.run("lock table citizen_groups in share row exclusive mode")


async def listed_already(db: Database, actor: Actor, form: GroupForm) -> int | None:
    """The number of the very same entry of the same person, unless it is listed no longer."""
    number: int | None = await db.value(
        """
        select id from citizen_groups
        where entered_by = :entered_by and not unlisted and (name, about, contact, link) = (:name, :about, :contact, :link)
        """,
        **form.model_dump(include=GROUP_TEXTS),
        entered_by=actor.id,
    )
    return number


async def add_group(db: Database, actor: Actor, form: GroupForm, now: datetime) -> int:
    number: int = await db.value(
        """
        insert into citizen_groups (name, about, contact, link, entered_by, changed_at)
        values (:name, :about, :contact, :link, :entered_by, :now) returning id
        """,
        **form.model_dump(include=GROUP_TEXTS),
        entered_by=actor.id,
        now=now,
    )
    return number


async def change_group(db: Database, group_id: int, form: GroupForm, now: datetime) -> None:
    await db.run(
        """
        update citizen_groups set name = :name, about = :about, contact = :contact, link = :link, unlisted = :unlisted,
            version = version + 1, changed_at = :now
        where id = :id
        """,
        **form.model_dump(exclude={"version"}),
        id=group_id,
        now=now,
    )
