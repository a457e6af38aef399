"""Markdown in, safe HTML out: CommonMark by markdown-it-py, then an allow-list by bleach."""

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

TAGS = frozenset(  # no img: pictures of others are not loaded into our pages
    [
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
ATTRIBUTES = {"a": ["href", "rel"], "ol": ["start"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})
MARKS = re.compile(r"[\\\[\]*_`~<>&!]")
# The page owns h1 and h2: a heading inside a post starts below them.
HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}


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


def _parser() -> MarkdownIt:
    # No raw HTML, no images; a line break typed is a line break shown, as residents expect.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True})
    parser.enable(["table", "strikethrough", "linkify"]).disable("image")
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("link_open", _link)
    return parser


_markdown = _parser()
_cleaner = Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True)


def literal(text: str) -> str:
    """A short text written so that Markdown shows it as it is."""
    return MARKS.sub(r"\\\g<0>", text)


def to_html(raw: str) -> str:
    """The HTML of a Markdown text: only listed tags and attributes, only http, https and mailto links."""
    return str(_cleaner.clean(_markdown.render(raw)))
