"""Cut a text into opinions: verbatim spans, each small enough to answer and whole enough to understand.

Nothing is rephrased and nothing is lost: every character that is not blank lies in exactly one span. What
others said (`> `) and what is only courtesy is marked as such. The cut is a suggestion: in doubt, words stay
with the opinion and opinions stay together, and a text in which none is found becomes one as a whole, so that
a person decides.

A block that asks, proposes, agrees, objects or inquires is the core of an opinion; the blocks around it are
its ground and join it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise

from forum.width import fold
from moderation.digests.blocks import Block, Shape, blocks
from moderation.digests.greetings import is_greeting
from moderation.digests.kinds import DEMANDING, Kind, Suggestion, suggest


class Part(StrEnum):
    OPINION = "opinion"
    GREETING = "greeting"
    QUOTE = "quote"


@dataclass(frozen=True)
class Span:
    """text[start:end], counted in characters (Unicode code points)."""

    start: int
    end: int
    part: Part
    kind: Kind | None = None
    evidence: str = ""


LONG_PARAGRAPH = 160
# Fewer characters than this only underline what was said before: 「ぜひお願いします。」
UNDERLINING = 12

# All patterns are matched against width-folded text.
SENTENCE_END = re.compile(r"[。!?]+[」』)]*|\n")
OPENING, CLOSING = "「『（(", "」』）)"
# The writer goes on to the next thing: in so many words, or perhaps only to the next sentence.
TURN = re.compile(
    r"[\s#・*]*(?:次に、|もう(?:1|一|ひと)[つ点]|それから、|(?:その)?[ほ他]か?に(?:は|も)?、|最後に|第?[一二三四五1-9](?:に、|つ目|点目|つめ))"
)
SOFT_TURN = re.compile(r"[\s#・*]*(?:また[、,はも]|さらに|加えて|併せて|あわせて)")
# Belongs to what was said before: its ground, an example, the wording it asks for.
REASON = re.compile(
    r"[\W\d]*(?:(?:提案|意見)?の?理由|根拠|なぜなら|というのも|例えば|たとえば|具体的に|例:|参考|出典|注:|補足|https?://"
    r"|原文|修正[案前後])|\s*[→⇒↓※]"
)
# Hands its own demand down to the items below it: 「以下を要望します。」
LEAD = re.compile(r"以下|下記|次の|点を|:\s*$")
# Items that only together make a sentence: 「…の整備、」, and the line that takes such a list up.
UNFINISHED = re.compile(r"[、,]\s*$")
TAKES_UP = re.compile(
    r"\s*(?:について|に関し|に対し|など|等[をのが]|といった|という|[をがに]、?[^、。]{0,12}(?:評価|要望|お願い|求め|希望|提案))"
)


def split(text: str) -> list[Span]:
    """The spans of a post's Markdown or of a submission's body, in order."""
    spans: list[Span] = []
    carved = [part for block in blocks(text) for part in carve_greetings(text, block)]
    for part, run in groupby(carved, key=part_of):
        members = list(run)
        if part is Part.OPINION:
            spans += opinions(text, members)
        else:
            spans.append(Span(members[0].start, members[-1].end, part))
    if spans and all(span.part is not Part.OPINION for span in spans):
        spans = [opinion(text, spans[0].start, spans[-1].end)]
    return [trimmed(text, span) for span in spans]


def part_of(block: Block) -> Part:
    return {Shape.QUOTE: Part.QUOTE, Shape.GREETING: Part.GREETING}.get(block.shape, Part.OPINION)


def trimmed(text: str, span: Span) -> Span:
    words = text[span.start : span.end]
    blank_before, blank_after = len(words) - len(words.lstrip()), len(words) - len(words.rstrip())
    return replace(span, start=span.start + blank_before, end=span.end - blank_after)


def opinion(text: str, start: int, end: int, handed: Suggestion | None = None) -> Span:
    found = suggest(text[start:end]) or handed
    return Span(start, end, Part.OPINION, *found) if found else Span(start, end, Part.OPINION)


def sentences(text: str, block: Block) -> Iterator[Block]:
    """Ends at 。！？ outside brackets, or with the line."""
    begin, depth = block.start, 0
    ends = {block.start + found.end() for found in SENTENCE_END.finditer(fold(words(text, block)))}
    for at in range(block.start, block.end):
        depth = 0 if text[at] == "\n" else max(0, depth + (text[at] in OPENING) - (text[at] in CLOSING))
        if at + 1 in ends and depth == 0:
            yield replace(block, start=begin, end=at + 1)
            begin = at + 1
    if begin < block.end:
        yield replace(block, start=begin)


def carve_greetings(text: str, block: Block) -> list[Block]:
    """A paragraph without the courtesy it opens and closes with, which become blocks of their own."""
    if block.shape is not Shape.PROSE:
        return [block]
    parts = [part for part in sentences(text, block) if words(text, part).strip()]
    plain = [part.start for part in parts if not is_greeting(words(text, part))]

    def shape(part: Block) -> Shape:
        return Shape.PROSE if plain and plain[0] <= part.start <= plain[-1] else Shape.GREETING

    runs = [(found, list(run)) for found, run in groupby(parts, key=shape)]
    return [Block(run[0].start, run[-1].end, found) for found, run in runs]


def words(text: str, block: Block) -> str:
    return text[block.start : block.end]


@dataclass(frozen=True)
class Piece:
    """A block read as part of an argument."""

    block: Block
    words: str  # width folded
    under_reason: bool = False  # stands under a heading such as （理由）

    @cached_property
    def says(self) -> Suggestion | None:
        return suggest(self.words)

    @property
    def demands(self) -> bool:
        return self.says is not None and self.says.kind in DEMANDING

    @property
    def is_item(self) -> bool:
        return self.block.shape is Shape.ITEM

    @property
    def is_heading(self) -> bool:
        return self.block.shape is Shape.HEADING

    @property
    def gives_reason(self) -> bool:
        return self.under_reason or bool(REASON.match(self.words))

    @property
    def turns(self) -> bool:
        turns = TURN.match(self.words) or SOFT_TURN.match(self.words)
        return bool(turns) or (self.is_heading and not self.gives_reason)

    @cached_property
    def last_line(self) -> str:
        return self.words.rsplit("\n", 1)[-1]

    @property
    def leads(self) -> bool:
        """Announces what follows: 「以下のとおり直してほしい。」"""
        return bool(LEAD.search(self.last_line)) and not REASON.match(self.last_line) and self.demands

    @property
    def grounds_what_follows(self) -> bool:
        return self.gives_reason or bool(REASON.match(self.last_line))


def opinions(text: str, run: Sequence[Block]) -> list[Span]:
    """The opinions of adjoining blocks: each core with its ground."""
    pieces = read([part for block in whole_lists(text, run) for part in demands(text, block)], text)
    cores = find_cores(pieces)
    places = list(cores) or [0]
    starts = [0, *(first_of_next(pieces, core, following) for core, following in pairwise(places))]
    ends = [*starts[1:], len(pieces)]
    return [
        opinion(text, pieces[start].block.start, pieces[end - 1].block.end, cores.get(core))
        for core, start, end in zip(places, starts, ends, strict=True)
    ]


def read(parts: Sequence[Block], text: str) -> list[Piece]:
    pieces: list[Piece] = []
    for part in parts:
        above = pieces[-1] if pieces else None
        under_reason = above is not None and above.is_heading and above.gives_reason
        pieces.append(Piece(part, fold(words(text, part)), under_reason))
    return pieces


def whole_lists(text: str, run: Sequence[Block]) -> Iterator[Block]:
    """A list whose items are parts of one sentence becomes a paragraph."""
    for is_list, found in groupby(run, key=lambda block: block.shape is Shape.ITEM):
        items = list(found)
        if is_list and len(items) > 1 and one_sentence(text, items):
            yield Block(items[0].start, items[-1].end, Shape.PROSE)
        else:
            yield from items


def one_sentence(text: str, items: Sequence[Block]) -> bool:
    after_last_item = fold(words(text, items[-1])).split("\n")[1:]
    taken_up = any(TAKES_UP.match(line) for line in after_last_item)
    return taken_up or all(UNFINISHED.search(fold(words(text, item))) for item in items[:-1])


def demands(text: str, block: Block) -> Iterator[Block]:
    """A paragraph of several demands, cut where the writer turns to the next one."""
    if block.shape not in (Shape.PROSE, Shape.ITEM):
        yield block
        return
    turns = [part.start for part in sentences(text, block) if turns_within(block, fold(words(text, part)))]
    cuts, asked = [block.start], False
    for begin, until in pairwise([block.start, *turns, block.end]):
        asks = Piece(block, fold(text[begin:until])).demands
        if asks and asked:
            cuts.append(begin)
        asked = asked or asks
    for begin, until in pairwise([*cuts, block.end]):
        yield replace(
            block, start=begin, end=until, shape=block.shape if begin == block.start else Shape.PROSE
        )


def turns_within(block: Block, sentence: str) -> bool:
    """A soft turn counts in a long paragraph only: a short one is answered in one go."""
    is_long = block.end - block.start > LONG_PARAGRAPH
    return bool(TURN.match(sentence) or (is_long and SOFT_TURN.match(sentence)))


def find_cores(pieces: Sequence[Piece]) -> dict[int, Suggestion | None]:
    """Which pieces are cores, each with the demand that its list's lead hands down to it, if one does."""
    cores: dict[int, Suggestion | None] = {}
    above: Piece | None = None  # the last piece that is no list item
    for at, piece in enumerate(pieces):
        if piece.is_item:
            if is_core_item(piece, above, bool(cores)):
                cores[at] = above.says if above and above.leads else None
            continue
        leads_a_list = piece.leads and at + 1 < len(pieces) and pieces[at + 1].is_item
        announced = above is not None and above.leads and bool(cores)
        headed = piece.turns or (at > 0 and pieces[at - 1].is_heading)
        underlines = piece.gives_reason or (len(piece.words) < UNDERLINING and not headed)
        if piece.demands and not (leads_a_list or announced or piece.is_heading or (cores and underlines)):
            cores[at] = None
        above = piece
    return cores


def is_core_item(item: Piece, above: Piece | None, follows_core: bool) -> bool:
    if follows_core and (item.gives_reason or (above and above.grounds_what_follows)):
        return False
    if above and above.leads:
        return True
    return item.demands or (above is None and item.says is not None and item.says.kind is Kind.FEELING)


def first_of_next(pieces: Sequence[Piece], core: int, following: int) -> int:
    """Where between two cores the second opinion begins: at a turn, else after the reasons of the first."""
    between = range(core + 1, following)
    for at in between:
        if pieces[at].turns:
            return at
    claims_first = all(piece.is_heading for piece in pieces[:core])
    if claims_first or pieces[following].turns or pieces[following].is_item:
        return following
    return next((at for at in between if not pieces[at].gives_reason), following)
