"""使い方: pages that explain the room, and its rules in all their versions."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from forum import clock
from forum.errors import NotFound
from forum.guides import queries, rewording, rules
from forum.guides.rules import STANDING_NAMES, Change, Edition, RuleVersion
from forum.i18n import by_locale
from forum.posts.diffing import Piece, diff
from forum.web import View, database, page, path_id, query_number
from forum.wordings.reading import easy_words
from forum.wordings.rules import About

# Anybody's page may read them.
ANYBODY = {"Access-Control-Allow-Origin": "*"}


def _written(name: str) -> View:
    async def handler(request: Request) -> Response:
        return await page(request, f"guide/{name}.html")

    return handler


async def charter(request: Request) -> Response:
    """What holds now, and what is going to."""
    versions, now = await queries.rule_versions(database(request)), clock.now()
    current = rules.in_force(versions, now)
    return await page(
        request,
        "rules/index.html",
        rules=[*current.values()],
        easy=await easy_words(
            database(request), About.RULE, {number: rule.body for number, rule in current.items()}
        ),
        coming=[edition for edition in reversed(rules.editions(versions)) if edition.is_to_come(now)],
    )


async def rule(request: Request) -> Response:
    """A rule, as it holds or in the version asked for: an address that a decision can cite for good."""
    versions, now, number = await queries.rule_versions(database(request)), clock.now(), path_id(request)
    own = [rule for rule in versions if rule.number == number]
    asked = query_number(request, "version")
    current = rules.in_force(own, now).get(number) or next(iter(own), None)
    shown = next((rule for rule in own if rule.version == asked), None) if asked else current
    if shown is None:
        raise NotFound
    return await page(
        request,
        "rules/show.html",
        rule=shown,
        pieces=_pieces(rules.change(shown, own)),
        standing=rules.standing(shown, own, now),
        until=rules.ends(shown, own),
        versions=[(version, rules.standing(version, own, now)) for version in reversed(own)],
        standing_names=STANDING_NAMES,
    )


async def history(request: Request) -> Response:
    """Every change of the rules, the newest first."""
    versions, now = await queries.rule_versions(database(request)), clock.now()
    return await page(
        request,
        "rules/history.html",
        editions=[
            (edition, edition.is_to_come(now), _compared(edition)) for edition in rules.editions(versions)
        ],
    )


async def as_json(request: Request) -> Response:
    """Every version with its hash, for whoever wants to check or compare charters."""
    versions = await queries.rule_versions(database(request))
    said = [rules.document(rule) | {"sha256": rule.sha256} for rule in versions]
    return JSONResponse({"rules": said}, headers=ANYBODY)


async def moved(request: Request) -> Response:
    """The rules stood among the guides; browsers bring the anchor of a rule along."""
    return RedirectResponse("/rules", 308)


def _compared(edition: Edition) -> Sequence[tuple[RuleVersion, dict[str, list[Piece]]]]:
    return [(change.rule, _pieces(change)) for change in edition.changes]


def _pieces(change: Change) -> dict[str, list[Piece]]:
    """Title and text against the version before, in the language of the page; nothing if there was none."""
    if change.before is None:
        return {}
    before, after = change.before, change.rule
    return {
        "title": diff(by_locale(before.title, before.title_en), by_locale(after.title, after.title_en)),
        "body": diff(by_locale(before.body, before.body_en), by_locale(after.body, after.body_en)),
    }


routes = [
    Route("/guide", _written("index")),
    Route("/guide/journey", _written("journey")),
    Route("/guide/reading", _written("reading")),
    Route("/guide/writing", _written("writing")),
    Route("/guide/notices", _written("notices")),
    Route("/guide/searching", _written("searching")),
    Route("/guide/appeals", _written("appeals")),
    Route("/guide/objections", _written("objections")),
    Route("/guide/rights", _written("rights")),
    Route("/guide/reviewing", _written("reviewing")),
    Route("/guide/outcome", _written("outcome")),
    Route("/guide/accessibility", _written("accessibility")),
    Route("/guide/rules", moved),
    Route("/rules", charter),
    Route("/rules/history", history),
    Route("/rules/{id:int}", rule),
    Route("/open-data/rules.json", as_json),
    *rewording.routes,
]
