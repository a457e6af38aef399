"""Finding posts.

A common word is found at once among the newest posts; a rare one is in few posts, which the index knows. So the newest are
looked at first and the index is asked only if they hold too little: neither ever yields many posts.
"""

from dataclasses import dataclass
from datetime import datetime

from forum.boards.queries import ANSWER_DUE, ANSWER_STATE, PROMISE
from forum.db import Database
from forum.search.rules import FIRST, HITS_PER_PAGE, Hit, Order, Place, Term, bigrams, pattern

# A word that one in two hundred posts holds is found among so many; what is rarer is rare.
NEWEST = 4000
# What the index does not know is looked for in so many posts, one by one.
READ_THROUGH = 5000
# By relevance so many hits are compared, the newest that there are.
COMPARED = 1000
# A word counts so often at most, and in the title of an opening post as much as so many.
REPEATS_MAX, TITLE_COUNTS = 3, 4
# The clock of one process may be behind that of another: posts are numbered in the order of their time, almost.
STRAGGLERS = 1000

JOINED = "join topics t on t.id = p.topic_id join boards b on b.id = t.board_id"
FOUND = f"""
with walked as materialized (
    select p.id from (
        select * from posts where state = 'visible' and id < :before order by id desc limit {NEWEST}
    ) p {JOINED} where {{in_post}} order by p.id desc limit :limit
), indexed as materialized (
    select p.id, p.topic_id, p.author_id, p.created_at from posts p {{places_first}}
    where (select count(*) from walked) <= {HITS_PER_PAGE} and p.state = 'visible' and p.id < :before and {{in_index}}
), looked_up as materialized (
    select p.id from indexed p {JOINED} where {{narrow}}
), titled as materialized (
    select p.id from topics t join posts p on p.topic_id = t.id and p.number = 1 join boards b on b.id = t.board_id
    where t.state = 'visible' and p.state = 'visible' and p.id < :before and {{in_title}}
), own as materialized (
    select p.id from posts p {JOINED} where p.author_id = :viewer and p.state = 'held' and p.id < :before and {{in_post}}
), found as (
    select id from walked
    union (select id from looked_up order by id desc limit :limit)
    union (select id from titled order by id desc limit :limit)
    union select id from own
)
select hits.*, {ANSWER_STATE} as answer_state, {ANSWER_DUE} as answer_due_at from (select * from (
    select p.id as post_id, p.number, p.state, t.id as topic_id, t.title as topic_title, t.state as topic_state,
        b.name as board_name, b.name_en as board_name_en, a.pen_name, p.created_at, p.html, {{score}} as score
    from found join posts p using (id) {JOINED} join accounts a on a.id = p.author_id
) hits where {{after}} order by {{order}} limit :page) hits
join topics t on t.id = hits.topic_id join boards b on b.id = t.board_id {PROMISE} order by {{order}}
"""
FEW = f"""
select count(*) <= :most from (
    select from posts p {JOINED} where p.state = 'visible' and {{narrow}} limit :most + 1
) as those
"""
# How often the post says it, each spelling, up to a few times; more if it opens a topic whose title does.
SCORE = f"""
(select cast(sum(
    least({REPEATS_MAX}, (length(p.words) - length(replace(p.words, word, ''))) / length(word))
    + case when p.number = 1 and t.state = 'visible' and position(word in t.words) > 0 then {TITLE_COUNTS} else 0 end
) as int) from unnest(cast(:spellings as text[])) word)
"""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The posts among which to look; None: all."""

    kinds: list[str]
    boards: list[int] | None = None
    tags: list[int] | None = None
    authors: list[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    answered: bool | None = None
    newest: int | None = None


async def find(
    db: Database,
    terms: list[Term],
    among: Narrowed,
    *,
    viewer: int | None,
    order: Order,
    place: Place,
    limit: int,
) -> list[Hit]:
    """Posts that hold all terms, beyond `place`: the visible ones, and those of the viewer that wait."""
    ranked = order == Order.RELEVANCE and bool(terms)
    start = FIRST.post_id if among.newest is None else among.newest + STRAGGLERS
    values: dict[str, object] = {"viewer": viewer, "page": limit}
    values |= {
        "limit": COMPARED if ranked else limit,
        "before": start if ranked else min(start, place.post_id),
    }
    narrow = _narrow(among, values)
    holds = " and ".join(_holds(n, term, values) for n, term in enumerate(terms))
    in_post = f"{holds} and {narrow}" if terms else narrow
    indexed = any(term.indexed for term in terms)
    parts = {
        "narrow": narrow,
        "in_post": in_post,
        "in_title": _titled(terms, narrow, values),
        # What the index finds by words is narrowed afterwards: it is taken for rarer than it is, and a plan that joins topics
        # and boards meanwhile may go through all of them. Without it the places are what is looked for.
        "places_first": "" if indexed else JOINED,
        "in_index": f"{_index(terms, values)}{holds}" if indexed else in_post,
    }
    parts |= {"score": "0", "after": "true", "order": "post_id desc"}
    if ranked:
        values |= {"spellings": [one for term in terms for one in term.sought]}
        values |= {"score": place.score, "post": place.post_id}
        parts |= {
            "score": SCORE,
            "after": "(score, post_id) < (:score, :post)",
            "order": "score desc, post_id desc",
        }
    return await db.records(Hit, FOUND.format(**parts), **values)


async def are_few(db: Database, among: Narrowed, most: int = READ_THROUGH) -> bool:
    """Whether these posts can be read through, one by one."""
    values: dict[str, object] = {"most": most}
    return bool(await db.value(FEW.format(narrow=_narrow(among, values)), **values))


def _narrow(among: Narrowed, values: dict[str, object]) -> str:
    wanted = {
        "kinds": ("b.kind = any(:kinds)", among.kinds),
        "boards": ("t.board_id = any(:boards)", among.boards),
        "tags": ("t.id in (select topic_id from topic_tags where tag_id = any(:tags))", among.tags),
        "authors": ("p.author_id = any(:authors)", among.authors),
        "since": ("p.created_at >= :since", among.since),
        "answered": (
            "coalesce(t.answer_state in ('answered', 'reflected'), false) = :answered",
            among.answered,
        ),
        "until": ("p.created_at < :until", among.until),
    }
    given = {name: value for name, (_, value) in wanted.items() if value is not None}
    values |= given
    return " and ".join(wanted[name][0] for name in given)


def _holds(n: int, term: Term, values: dict[str, object]) -> str:
    values[f"term_{n}"] = [pattern(one) for one in term.sought]
    return f"p.words like any(cast(:term_{n} as text[]))"


def _index(terms: list[Term], values: dict[str, object]) -> str:
    """The index knows pairs of letters: of each word, the text has all those of one spelling or another."""
    return "".join(
        f"({_pairs(n, term, 'p.words', values)}) and " for n, term in enumerate(terms) if term.indexed
    )


def _pairs(n: int, term: Term, text: str, values: dict[str, object]) -> str:
    pairs = {f"pairs_{n}_{m}": bigrams(one) for m, one in enumerate(term.sought)}
    values |= pairs
    return " or ".join(f"bigrams({text}) @> cast(:{name} as text[])" for name in pairs)


def _titled(terms: list[Term], narrow: str, values: dict[str, object]) -> str:
    """At least one of the terms in the title, all of them in the title and the post that opened the topic."""
    if not terms:
        return "false"
    some = " or ".join(
        f"t.words like any(cast(:term_{n} as text[]))"
        + (f" and ({_pairs(n, term, 't.words', values)})" if term.indexed else "")
        for n, term in enumerate(terms)
    )
    both = (f"t.words || ' ' || p.words like any(cast(:term_{n} as text[]))" for n in range(len(terms)))
    return " and ".join([f"({some})", *both, narrow])
