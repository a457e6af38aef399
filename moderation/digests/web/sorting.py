"""The work bench: a page of groups or opinions at a time, one bar of acts, everything also without scripts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.db import Database
from forum.i18n import _, _n
from forum.posts.diffing import Piece, diff
from forum.posts.rules import shown_title
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill
from moderation.digests import actions, covering, rules
from moderation.digests.balancing import besides, ledger_of
from moderation.digests.kinds import NAMES as KIND_NAMES
from moderation.digests.lacking import lacking
from moderation.digests.naming import central_sentence
from moderation.digests.queries import finding, groups, history, offers, opinions, texts
from moderation.digests.queries.groups import Group
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Description, Digest, Heading, Sorting, Sought, State
from moderation.digests.web.going_on import laid_out, place_after
from moderation.digests.web.paging import OPINIONS_PER_PAGE, paged
from moderation.digests.web.starting import DIGESTS_OFFERED, compiling, digest_of
from moderation.digests.web.suggested import suggested
from moderation.digests.web.viewing import CHANGES, STANDINGS, View, as_read, desk_of, view_of
from moderation.submissions.rules import CHANNEL_NAMES

ACTS_SHOWN = 10


@dataclass(frozen=True)
class Voice:
    """An opinion and the copies that stand with it."""

    opinion: Opinion
    copies: tuple[Opinion, ...]

    def difference(self, copy: Opinion) -> list[Piece]:
        """What a near copy says in other words: nothing if it has the same, or if either may not be read."""
        one, other = self.opinion.text, copy.text
        return [] if one is None or other is None or one == other else diff(one, other)


@dataclass(frozen=True)
class Laid:
    """A group on the bench."""

    group: Group
    voices: tuple[Voice, ...]

    @property
    def sentence(self) -> str:
        """Of the opinion that is quoted first, as far as everybody may read it: what is meant by the title."""
        said = next((voice.opinion for voice in self.voices if voice.opinion.representative), None)
        return central_sentence(said.text or "", self.group.title) if said else ""


async def bench(request: Request) -> Response:
    db, digest = database(request), await digest_of(request)
    require(rules.can_edit(actor_of(request), digest))
    if digest.state == State.COMPILING:
        return await compiling(request)
    if digest.is_published:
        return redirect(request, f"/digests/{digest.id}")
    view, ledger = view_of(request), await ledger_of(db, digest)
    points = await covering.points(db, digest.id)
    # What is undecided has tabs of its own.
    lacks = await lacking(db, digest, replace(ledger, undecided=()), points)
    laid, loose, last_page = await lay_out(db, digest, view, points)
    return await page(
        request,
        "digests/bench.html",
        digest=digest,
        desk=desk_of(actor_of(request), digest),
        ledger=ledger,
        lacks=lacks,
        ready=not (lacks or ledger.undecided or await besides(db, digest, ledger)),
        view=view,
        last_page=last_page,
        groups=points,
        numbers={group.id: group.position for group in points},
        laid=laid,
        loose=loose,
        plan=[(heading, as_read(body)) for heading, body in await texts.plan(db, digest.id)],
        reasons=[_(reason) for reason in rules.REASONS],
        history=await history.history(db, digest.id, ACTS_SHOWN),
        offered=await offers.published(db, DIGESTS_OFFERED),
        suggested=await suggested(request, digest, points, [item.group.id for item in laid]),
        described=request.path_params.get("group"),
        act_name=rules.act_name,
        can_undo=rules.can_undo,
        shown_title=shown_title,
        ways=CHANNEL_NAMES,
        kinds=KIND_NAMES,
        boards=await finding.boards(db, digest.id) if view.tab == "found" else [],
        standings=STANDINGS,
        changed=await changes_of(db, digest, view, loose),
        found=len(await finding.ids(db, digest.id, view.search)) if view.tab == "found" else 0,
        form=getattr(request.state, "form", None) or Form(),
    )


async def changes_of(db: Database, digest: Digest, view: View, found: Sequence[Voice]) -> dict[int, str]:
    """By opinion, what became of its post; asked for where that is what somebody looks for."""
    if view.search.standing != "changed":
        return {}
    known = await finding.masked_or_moved(db, digest.id, [voice.opinion.id for voice in found])
    return {opinion: _(CHANGES[change]) for opinion, change in known.items()}


@refill(bench)
async def look(request: Request) -> Response:
    """The bench as somebody looks at it, unless they look for what nobody can read."""
    await read(request, Sought)
    return await bench(request)


async def lay_out(
    db: Database, digest: Digest, view: View, points: Sequence[Group]
) -> tuple[list[Laid], list[Voice], int]:
    """Groups with their opinions, or opinions without a group; and how many pages there are."""
    offset = (view.page - 1) * OPINIONS_PER_PAGE
    match view.tab:
        case "groups" | "open":
            pages = paged(laid_out(view, points))
            shown = pages[view.page - 1] if view.page <= len(pages) else []
            said = await opinions.in_groups(db, [group.id for group in shown])
            return with_voices(shown, said), [], len(pages)
        case "found":
            sought = view.search
            said = await finding.find(db, digest.id, sought, OPINIONS_PER_PAGE) if sought.asks else []
            return [], voices(said), 1
        case "rest":
            said = await opinions.not_opinions(db, digest.id, offset=offset, limit=OPINIONS_PER_PAGE)
            return [], voices(said), pages_at_least(view, said)
    disposition = "undecided" if view.tab == "loose" else "set_aside"
    said = await opinions.in_no_group(
        db, digest.id, disposition=disposition, offset=offset, limit=OPINIONS_PER_PAGE
    )
    return [], voices(said), pages_at_least(view, said)


def with_voices(groups: Sequence[Group], said: Sequence[Opinion]) -> list[Laid]:
    by_group: dict[int | None, list[Opinion]] = defaultdict(list)
    for opinion in said:
        by_group[opinion.group_id].append(opinion)
    return [Laid(group, tuple(voices(by_group[group.id]))) for group in groups]


def voices(said: Sequence[Opinion]) -> list[Voice]:
    """Copies go with their original where both are here."""
    here = {opinion.id for opinion in said}
    copies: dict[int | None, list[Opinion]] = defaultdict(list)
    for opinion in said:
        if opinion.copy_of in here:
            copies[opinion.copy_of].append(opinion)
    return [Voice(opinion, tuple(copies[opinion.id])) for opinion in said if opinion.copy_of not in here]


def pages_at_least(view: View, said: Sequence[Opinion]) -> int:
    """A full page promises another."""
    return view.page + (len(said) == OPINIONS_PER_PAGE)


@refill(bench)
async def sort(request: Request) -> Response:
    db, digest_id, view = database(request), path_id(request), view_of(request)
    sorting = await read(request, Sorting)
    if sorting.every_found:
        sorting.opinions = await finding.ids(db, digest_id, view.search)
    before, touched = await groups.groups(db, digest_id), await touched_by(db, digest_id, sorting)
    await actions.sort(db, actor_of(request), digest_id, sorting)
    after = await groups.groups(db, digest_id)
    place = place_after(view, before, after, touched, sorting.act == "confirm")
    notice = _("「%(act)s」を行いました。", act=rules.act_name(sorting.act))
    return redirect(request, f"/digests/{digest_id}/edit?{place}", notice)


async def touched_by(db: Database, digest_id: int, sorting: Sorting) -> set[int | None]:
    """The groups that an act is about, or in which its opinions stand before it."""
    if sorting.act in ("confirm", "merge"):
        return set(sorting.groups)
    return {opinion.group_id for opinion in await opinions.by_ids(db, digest_id, sorting.opinions)}


@refill(bench)
async def describe(request: Request) -> Response:
    words = await read(request, Description)
    group = path_id(request, "group")
    await actions.describe(database(request), actor_of(request), path_id(request), group, words)
    return back(request, _("論点の題と要約を保存しました。"), f"#group-{group}")


@refill(bench)
async def head(request: Request) -> Response:
    words = await read(request, Heading)
    await actions.head(database(request), actor_of(request), path_id(request), words)
    return back(request, _("まとめの題と要約を保存しました。"))


@refill(bench)
async def retake(request: Request) -> Response:
    n = await actions.retake(database(request), actor_of(request), path_id(request))
    if n is None:
        return back(request, _("発言を取り込み直しています。"))
    return back(request, _n("%(n)s件の発言を取り込み直しました。", n=n))


@refill(bench)
async def take_in(request: Request) -> Response:
    chosen = await read(request, rules.Chosen)
    await actions.take_in(database(request), actor_of(request), path_id(request), chosen.digest)
    return back(request, _("まとめの意見を取り込みました。"))


def back(request: Request, notice: str | None, place: str = "") -> Response:
    """To the same part of the bench."""
    return redirect(request, f"/digests/{path_id(request)}/edit?{view_of(request).query}{place}", notice)


routes = [
    Route("/digests/{id:int}/edit", look),
    Route("/digests/{id:int}/edit", sort, methods=["POST"]),
    Route("/digests/{id:int}/heading", head, methods=["POST"]),
    Route("/digests/{id:int}/groups/{group:int}", describe, methods=["POST"]),
    Route("/digests/{id:int}/retake", retake, methods=["POST"]),
    Route("/digests/{id:int}/take-in", take_in, methods=["POST"]),
]
