"""The work bench: every verb of the clerk, each guarded against overwriting what a colleague did meanwhile."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.events import DigestChanged, publish
from forum.i18n import _
from moderation.digests import rules
from moderation.digests.changes import between
from moderation.digests.covering import title_of
from moderation.digests.naming import opening
from moderation.digests.queries import digests, groups, history, opinions, placing, spans, states
from moderation.digests.queries.groups import Group
from moderation.digests.queries.history import Act
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Description, Digest, Heading, Sorting

# Of what is done to a group, these change its own words.
DESCRIBES = ["describe", "merge"]


@asynccontextmanager
async def bench(db: Database, actor: Actor, digest_id: int) -> AsyncIterator[Digest]:
    """An act on a draft: one at a time, tidied up, kept with all that it changed, told to everyone who looks at it."""
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        require(rules.can_sort(actor, digest))
        async with kept(db, digest):
            yield digest
            if lost := await groups.answering_further(db, digest_id):
                raise Conflict(
                    _(
                        "なくなる論点「%(title)s」は、ほかの論点の意見にも答えることになっています。先に「ほかの論点でも答える」から外してください。",
                        title=await title_of(db, digest_id, lost[0]),
                    )
                )


@asynccontextmanager
async def kept(db: Database, digest: Digest) -> AsyncIterator[None]:
    """Compares the whole digest before and after: what an act forgets to say is kept all the same."""
    before = await states.state(db, digest.id)
    yield
    await groups.tidy(db, digest.id)
    await history.keep(db, digest.id, digest.version, between(before, await states.state(db, digest.id)))
    await publish(db, DigestChanged(digest.id))


async def record(
    db: Database,
    actor: Actor,
    digest: Digest,
    act: str,
    *,
    groups: Iterable[int] = (),
    touched: Iterable[int] = (),
    **detail: Any,
) -> None:
    assert actor.id is not None
    await history.record(
        db,
        digest.id,
        account_id=actor.id,
        act=act,
        groups=sorted(groups),
        opinions=sorted(touched),
        detail=detail,
        now=clock.now(),
    )


async def head(db: Database, actor: Actor, digest_id: int, words: Heading) -> None:
    """Title and summary of the whole."""
    async with bench(db, actor, digest_id) as digest:
        done = await history.heading_since(db, digest_id, words.version)
        if done:
            raise Conflict(told(done), theirs=f"{digest.title}\n\n{digest.summary}", yours=words.summary)
        await digests.set_heading(db, digest_id, title=words.title, summary=words.summary)
        await record(db, actor, digest, "head", title=words.title, before=digest.summary)


async def describe(db: Database, actor: Actor, digest_id: int, group_id: int, words: Description) -> None:
    """Title and summary of a group."""
    async with bench(db, actor, digest_id) as digest:
        group = await groups.group(db, digest_id, group_id)
        done = await history.touched_since(
            db, digest_id, words.version, groups=[group_id], opinions=[], acts=DESCRIBES
        )
        if group is None:
            raise Conflict(
                told(done) or _("この論点はもうありません。"), yours=f"{words.title}\n\n{words.summary}"
            )
        if done:
            raise Conflict(told(done), theirs=f"{group.title}\n\n{group.summary}", yours=words.summary)
        await groups.describe(db, group_id, title=words.title, summary=words.summary, theme=words.theme)
        await record(
            db,
            actor,
            digest,
            "describe",
            groups=[group_id],
            title=words.title,
            before=[group.title, group.summary],
        )


async def sort(db: Database, actor: Actor, digest_id: int, sorting: Sorting) -> None:
    """One of the acts on chosen opinions or groups."""
    async with bench(db, actor, digest_id) as digest:
        if sorting.act in ("confirm", "merge"):
            await on_groups(db, actor, digest, sorting)
        else:
            await on_opinions(db, actor, digest, sorting)


async def on_groups(db: Database, actor: Actor, digest: Digest, sorting: Sorting) -> None:
    """Confirming judges what a group holds and merging moves all of it: both want it unchanged."""
    chosen = [group for group in await groups.groups(db, digest.id) if group.id in sorting.groups]
    done = await history.touched_since(
        db, digest.id, sorting.version, groups=sorting.groups, opinions=[], acts=None
    )
    if done or len(chosen) != len(set(sorting.groups)):
        raise Conflict(told(done) or _("選んだ論点の中に、もうないものがあります。"))
    if sorting.act == "confirm":
        await confirm(db, chosen)
    else:
        await merge(db, chosen, sorting.title)
    titles = [group.title for group in chosen]
    await record(db, actor, digest, sorting.act, groups=[group.id for group in chosen], titles=titles)


async def confirm(db: Database, chosen: Sequence[Group]) -> None:
    """What the machine suggested for these groups becomes the clerk's decision."""
    if not chosen:
        raise Invalid(groups=_("論点を選んでください。"))
    await groups.confirm(db, [group.id for group in chosen])


async def merge(db: Database, chosen: Sequence[Group], title: str) -> None:
    """Into the first of them; every summary is kept."""
    if len(chosen) < 2:
        raise Invalid(groups=_("まとめる論点を二つ以上選んでください。"))
    into, *others = chosen
    await groups.join_groups(db, [group.id for group in others], into.id)
    summary = "\n\n".join(group.summary for group in chosen if group.summary)
    await groups.describe(db, into.id, title=title or into.title, summary=summary)


async def on_opinions(db: Database, actor: Actor, digest: Digest, sorting: Sorting) -> None:
    """Copies go where their original goes."""
    ids = await spans.with_copies(db, digest.id, sorting.opinions)
    done = await history.touched_since(db, digest.id, sorting.version, groups=[], opinions=ids, acts=None)
    if done or not set(sorting.opinions) <= set(ids):
        raise Conflict(told(done) or _("選んだ意見の中に、もうないものがあります。"))
    if not ids:
        raise Invalid(opinions=_("意見を選んでください。"))
    chosen = await opinions.by_ids(db, digest.id, ids)
    left = {opinion.group_id for opinion in chosen if opinion.group_id}
    entered = await VERBS[sorting.act](db, digest.id, chosen, sorting)
    await record(
        db,
        actor,
        digest,
        sorting.act,
        groups=left | ({entered} if entered else set()),
        touched=ids,
        reason=rules.worded_reason(sorting.reason, sorting.note),
    )


async def move(db: Database, digest_id: int, chosen: Sequence[Opinion], sorting: Sorting) -> int | None:
    group = await groups.group(db, digest_id, sorting.to) if sorting.to else None
    if group is None:
        raise Invalid(to=_("移し先の論点を選んでください。"))
    await placing.place(db, [opinion.id for opinion in chosen], group.id)
    return group.id


async def split(db: Database, digest_id: int, chosen: Sequence[Opinion], sorting: Sorting) -> int | None:
    """A new group right after the one that the first of them leaves, named in their own words if need be."""
    title = sorting.title or next((opening(o.text) for o in chosen if o.text), _("新しい論点"))
    known = {group.id: group for group in await groups.groups(db, digest_id)}
    left = next((known[o.group_id] for o in chosen if o.group_id), None)
    group_id = await groups.add_group(
        db,
        digest_id,
        position=left.position if left else len(known),
        title=title[: rules.GROUP_TITLE_MAX],
        theme=left.theme if left else "",
    )
    await placing.place(db, [opinion.id for opinion in chosen], group_id)
    return group_id


async def quote(db: Database, digest_id: int, chosen: Sequence[Opinion], sorting: Sorting) -> int | None:
    """Chosen to be quoted for its group, or no longer."""
    if any(opinion.group_id is None for opinion in chosen):
        raise Invalid(opinions=_("代表にできるのは、論点に入っている意見だけです。"))
    await placing.quote(db, sorting.opinions, sorting.act == "quote")
    return None


async def set_aside(db: Database, digest_id: int, chosen: Sequence[Opinion], sorting: Sorting) -> int | None:
    reason = rules.worded_reason(sorting.reason, sorting.note)
    if not reason:
        raise Invalid(reason=_("対象外にする理由を選ぶか、書いてください。"))
    await placing.set_aside(db, [opinion.id for opinion in chosen], reason)
    return None


async def bring_back(db: Database, digest_id: int, chosen: Sequence[Opinion], sorting: Sorting) -> int | None:
    await placing.bring_back(db, [opinion.id for opinion in chosen])
    return None


VERBS = {
    "move": move,
    "split": split,
    "quote": quote,
    "unquote": quote,
    "set_aside": set_aside,
    "bring_back": bring_back,
}


def told(done: Sequence[Act]) -> str:
    """Who was faster, and with what."""
    if not done:
        return ""
    named = [
        _("%(who)sさんの「%(act)s」", who=act.pen_name, act=rules.act_name(act.act))
        if act.pen_name
        else rules.act_name(act.act)
        for act in done
    ]
    return _(
        "画面を開いたあとに、同じところが変わりました（%(acts)s）。いまの状態を確かめて、もう一度行ってください。",
        acts="、".join(dict.fromkeys(named)),
    )
