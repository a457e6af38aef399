"""Markdown in, safe HTML out: CommonMark by markdown-it-py, then an allow-list by bleach."""

import re
from collections.abc import Callable, Collection, MutableMapping, Sequence
from typing import Any

from bleach.sanitizer import Cleaner
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from forum import calls
from forum.pictures import PICTURE, SMALL_SIDE, Address, address, shrunk

# Raised whenever the same text is shown otherwise than before: posts that an earlier edition made are rendered anew.
EDITION = 3
TAGS = frozenset(
    [
        "img",  # of our own alone: pictures of others are not loaded into our pages
        "p",
        "br",
        "strong",
        "em",
        "s",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
# What an image may say: only what `_picture` makes of one of our addresses.
SIZES = "(min-width: 48rem) 40rem, 92vw"
IMAGE = {
    "alt": re.compile(r".*", re.DOTALL),
    "src": re.compile(r"/files/(?:small/)?[0-9a-f]{64}-\d+x\d+\.(?:jpg|png|webp)"),
    "srcset": re.compile(r"/files/small/[\w.-]+ \d+w, /files/[\w.-]+ \d+w"),
    "sizes": re.compile(re.escape(SIZES)),
    "width": re.compile(r"\d{1,4}"),
    "height": re.compile(r"\d{1,4}"),
    "loading": re.compile("lazy"),
}


def _of_ours(tag: str, name: str, value: str) -> bool:
    return name in IMAGE and IMAGE[name].fullmatch(value) is not None


ATTRIBUTES: dict[str, Any] = {"a": ["href", "rel"], "ol": ["start"], "img": _of_ours}
PROTOCOLS = frozenset({"http", "https", "mailto"})
SCHEME = re.compile(r"([^/?#]*):")
ASCII = re.compile(r"[\x00-\x7f]+")
# From here on letters are written without spaces between words.
JAPANESE = "\u3000"
# What the marks of Markdown are made of.
MARKS = re.compile(r"[\\\[\]*_`~<>&!]")
# The page owns h1 and h2: a heading inside a post starts below them.
HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's name)
        """An address on this site, or one of the protocols; anything else stays text."""
        scheme = SCHEME.match(url)
        return scheme is None or scheme[1].lower() in PROTOCOLS


def _heading(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    tokens[index].tag = HEADINGS.get(tokens[index].tag, tokens[index].tag)
    return renderer.renderToken(tokens, index, options, env)


def _link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    # Links of residents earn no rank in search engines and get no handle on our window.
    tokens[index].attrSet("rel", "nofollow ugc noopener")
    return renderer.renderToken(tokens, index, options, env)


class _Addresses(LinkifyIt):  # type: ignore[misc]  # the library has no types
    """Finds addresses in Japanese, which goes on after them without a space: an address ends with its last ASCII letter."""

    def match(self, text: str) -> list[Any] | None:
        found = []
        for run in ASCII.finditer(text):
            for link in super().match(run[0]) or []:
                link.index += run.start()
                link.last_index += run.start()
                found.append(link)
        return found or None

    def match_at_start(self, text: str) -> Any:
        run = ASCII.match(text)
        return super().match_at_start(run[0]) if run else None


def _between_letters(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """CommonMark knows from the spaces around brackets where emphasis begins and ends: **「重要」**です has none. So a letter of
    Japanese does for a space."""

    def marks(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.delimiters)
        if not rule(state, silent):
            return False
        before, after = state.src[start - 1 : start] if start else "", state.src[state.pos : state.pos + 1]
        for mark in state.delimiters[known:]:
            if chr(mark.marker) != "_":
                mark.open = mark.open or (before >= JAPANESE and not after.isspace() and after != "")
                mark.close = mark.close or (after >= JAPANESE and not before.isspace() and before != "")
        return True

    return marks


def _picture(state: StateInline, silent: bool) -> bool:
    """`![what it shows](/files/…)`: a picture of ours, small at first, and a link to all of it."""
    found = PICTURE.match(state.src, state.pos)
    where = address(found["address"]) if found else None
    if found is None or where is None:
        return False
    if not silent:
        state.push("picture", "img", 0).meta = {
            "alt": found["alt"],
            "at": where,
            "linked": not state.linkLevel,
        }
    state.pos = found.end()
    return True


def _image(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    meta = tokens[index].meta
    at: Address = meta["at"]
    assert at.width is not None
    assert at.height is not None
    attributes = {
        "src": at.small,
        "alt": meta["alt"],
        "width": at.width,
        "height": at.height,
        "loading": "lazy",
    }
    if at.small != str(at):
        narrow, _ = shrunk(at.width, at.height, SMALL_SIDE)
        attributes |= {"srcset": f"{at.small} {narrow}w, {at} {at.width}w", "sizes": SIZES}
    image = "".join(f' {name}="{escapeHtml(str(value))}"' for name, value in attributes.items())
    return f'<a href="{at}"><img{image}></a>' if meta["linked"] else f"<img{image}>"


def _parser(*rules: str) -> _Markdown:
    # No raw HTML, no images but ours; a line break typed is a line break shown, as residents expect.
    parser = _Markdown("commonmark", {"html": False, "breaks": True, "linkify": True})
    parser.enable(["strikethrough", "linkify", *rules]).disable("image")
    parser.inline.ruler.before("link", "picture", _picture)
    parser.inline.ruler.at("emphasis", _between_letters(emphasis.tokenize))
    parser.inline.ruler.at("strikethrough", _between_letters(strikethrough.tokenize))
    parser.add_render_rule("picture", _image)
    parser.core.ruler.push("calls", calls.mark)
    parser.linkify = _Addresses().add("//", None)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("link_open", _link)
    return parser


_markdown, _markdown_without_tables = _parser("table"), _parser()
_cleaner = Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True)


def literal(text: str) -> str:
    """A short text written so that Markdown shows it as it is."""
    return MARKS.sub(r"\\\g<0>", text)


def to_html(raw: str, names: Collection[str] = ()) -> str:
    """The HTML of a Markdown text: only listed tags and attributes, only http, https and mailto links. `names`: whom it may
    call without brackets, folded."""
    return str(_cleaner.clean(_parser_for(raw).render(raw, {"names": names})))


def calls_in(raw: str, names: Collection[str]) -> list[tuple[str, str | None]]:
    """(as it is shown, folded name or None) of all that the text calls; who is called in a quote was called before."""
    found, quotes = list[tuple[str, str | None]](), 0
    for token in _parser_for(raw).parse(raw, {"names": names}):
        quotes += token.nesting if token.type.startswith("blockquote") else 0
        if not quotes:
            found += [child.meta[calls.CALLS] for child in token.children or [] if calls.CALLS in child.meta]
    return found


def blocks(raw: str) -> list[tuple[str, str]]:
    """The same block by block (paragraph, list, table …), each with the lines that it was made from."""
    parser, env, lines = _parser_for(raw), dict[str, Any](), raw.split("\n")
    tokens, found, start = parser.parse(raw, env), [], 0
    for end, token in enumerate(tokens, 1):
        if token.level == 0 and token.nesting <= 0:  # the last token of a block
            first, last = tokens[start].map or (0, 0)
            html = _cleaner.clean(parser.renderer.render(tokens[start:end], parser.options, env))
            found.append((str(html), "\n".join(lines[first:last]).strip()))
            start = end
    return found


def _parser_for(raw: str) -> _Markdown:
    return _markdown if _cells(raw) <= len(raw) else _markdown_without_tables


def _cells(raw: str) -> int:
    """How many cells the tables of a text can have. A row may leave out the cells at its end, which are then added:
    4,000 letters could ask for a million. No table that is written out has more cells than letters."""
    blocks = [block.split("\n") for block in re.split(r"\n[ \t]*\n", raw)]
    return sum(len(lines) * max(line.count("|") for line in lines) for lines in blocks)
