"""Which part of the work bench somebody looks at, as its address says."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request

from forum import markup
from forum.access import Actor
from forum.i18n import N_
from forum.text import visible
from forum.web import query_number
from moderation.digests.kinds import NAMES as KIND_NAMES
from moderation.digests.queries.finding import Search
from moderation.digests.rules import Digest, carries

# What the bench lays out: suggested and confirmed groups, what has no place, what was set aside, what was found.
TABS = ("groups", "open", "loose", "aside", "rest", "found")
STANDINGS = {
    "undecided": N_("未整理"),
    "set_aside": N_("対象外"),
    "changed": N_("読み取ったあとで変わった"),
    "office": N_("市の職員や審査担当が書いた"),
}
# What else may have become of a post since.
CHANGES = {"masked": N_("あとで■で伏せられた"), "moved": N_("あとで別の話題へ移された")}
# Sections of plans kept as HTML.
SECTIONS_KEPT = 256
# What an address calls what is looked for.
NAMES_IN_ADDRESS = {"words": "q", "kind": "kind", "board": "board", "standing": "standing"}


@dataclass(frozen=True)
class View:
    """Which part of the bench somebody looks at."""

    tab: str
    page: int
    search: Search

    @property
    def query(self) -> str:
        sought = {NAMES_IN_ADDRESS[name]: value for name, value in asdict(self.search).items() if value}
        return urlencode({"show": self.tab, "page": self.page, **sought})


def view_of(request: Request) -> View:
    query = request.query_params
    number = query.get("page", "1")
    tab = query.get("show", TABS[0])
    return View(
        tab=tab if tab in TABS else TABS[0],
        page=max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        search=search_of(request),
    )


def search_of(request: Request) -> Search:
    query, board = request.query_params, query_number(request, "board")
    kind, standing = query.get("kind", ""), query.get("standing", "")
    return Search(
        words=visible(query.get("q", "").strip()),
        kind=kind if kind in KIND_NAMES else "",
        board=board,
        standing=standing if standing in STANDINGS else "",
    )


def desk_of(actor: Actor, digest: Digest) -> str | None:
    """Where its consultation is carried, for those who may go there."""
    if digest.consultation_id is None or not carries(actor, digest.section_id):
        return None
    return f"/consultations/{digest.consultation_id}/desk"


@lru_cache(SECTIONS_KEPT)
def as_read(body: str) -> Markup:
    """A section of the plan as its readers saw it."""
    return Markup(markup.to_html(body))  # noqa: S704 - sanitised
