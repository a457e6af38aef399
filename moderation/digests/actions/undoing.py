"""元に戻す: what an act changed is put back, if nobody changed it again since. That is an act as well."""

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.i18n import _
from moderation.digests import rules
from moderation.digests.actions.sorting import bench, record
from moderation.digests.changes import (
    GROUPS,
    HEADINGS,
    OPINIONS,
    Changes,
    Row,
    State,
    applied,
    backwards,
    fits,
)
from moderation.digests.queries import history, placing, states


async def undo(db: Database, actor: Actor, digest_id: int, version: int) -> str:
    """Takes back the act that made this version; returns its name."""
    async with bench(db, actor, digest_id) as digest:
        act, changes = await history.changed(db, digest_id, version)
        if act is None:
            raise NotFound
        if changes is None or not rules.can_undo(act.act):
            raise Conflict(_("この作業は元に戻せません。"))
        now = await states.state(db, digest_id)
        if not fits(now, backwards(changes)):
            raise Conflict(
                _(
                    "あとで同じところが変わったので、「%(act)s」は元に戻せません。新しい作業から順に戻してください。",
                    act=rules.act_name(act.act),
                )
            )
        await put(db, digest_id, now, backwards(changes))
        await record(
            db,
            actor,
            digest,
            "undo",
            groups=act.groups,
            touched=act.opinions,
            of=act.version,
            act_undone=act.act,
        )
    return act.act


async def put(db: Database, digest_id: int, now: State, changes: Changes) -> None:
    """Makes the changes to what stands now. Groups that are left empty go when the desk is tidied."""
    then = applied(now, changes)
    if HEADINGS in changes:
        await states.write_heading(db, digest_id, then[HEADINGS][digest_id])
    for id, row in sorted(new(GROUPS, now, then).items(), key=lambda one: int(one[1]["position"])):
        await states.restore_group(db, digest_id, id, row)
    await states.write_groups(db, kept(GROUPS, now, then))
    await states.restore_opinions(db, digest_id, new(OPINIONS, now, then))
    await states.write_opinions(db, kept(OPINIONS, now, then))
    await placing.remove(db, [id for id in now[OPINIONS] if id not in then[OPINIONS]])


def new(table: str, now: State, then: State) -> dict[int, Row]:
    return {id: row for id, row in then[table].items() if id not in now[table]}


def kept(table: str, now: State, then: State) -> dict[int, Row]:
    """Rows that are there and become different."""
    return {id: row for id, row in then[table].items() if id in now[table] and row != now[table][id]}
