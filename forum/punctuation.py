"""The marks between the words of a template are words as well: what is ： in Japanese is a colon and a space in English."""

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from forum.i18n import N_

MARKS = (
    N_("："),
    N_("・"),
    N_("、"),
    N_("。"),
    N_("（"),
    N_("）"),
    N_("「"),
    N_("」"),
    N_("～"),
    N_("｜"),
    N_("　"),
    N_("＋"),
)
MARK = re.compile(f"([{''.join(MARKS)}])")


class Punctuation(Extension):
    """Has the catalogue say every mark that stands in a template itself, outside of its sentences."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        in_sentence, before = False, ""
        for token in stream:
            if before == "block_begin" and token.value in ("trans", "endtrans"):
                in_sentence = token.value == "trans"
            before = token.type
            if token.type != "data" or in_sentence:
                yield token
            else:
                yield from _said(token)


def _said(data: Token) -> Iterator[Token]:
    """A text without its marks, and each of them as {{ _("…") }}."""
    for number, part in enumerate(MARK.split(data.value)):
        if number % 2:
            call = (
                ("variable_begin", "{{"),
                ("name", "_"),
                ("lparen", "("),
                ("string", part),
                ("rparen", ")"),
            )
            yield from (Token(data.lineno, kind, value) for kind, value in (*call, ("variable_end", "}}")))
        elif part:
            yield Token(data.lineno, "data", part)
