"""Calling somebody by name in a text: @「のがわ 散歩」, or without brackets @のがわ散歩, if there is somebody of that name.

Japanese has no spaces between words, so that what follows says whether a name has ended. The longest name wins. Where a
longer name can be meant that nobody has, nobody is called: in 「@市民会議」 not 市民.
"""

import re
from collections.abc import Collection, Iterator
from itertools import islice

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from forum.text import fold

# In brackets a name may hold spaces, and anything may follow. Without, no part of a mail address or a link is a call.
CALL = re.compile(r"""[@＠]「([^「」\n]{1,20})」|(?<![^\s\x80-\U0010ffff(\[{"'*_~|>])[@＠](?=[^\s「])""")
# So far a name may reach: more than a pen name has, for what is typed may be longer than what it is compared as.
REACH = 30
# What ends any name, and what ends one of two letters and more: what is said to somebody, or of somebody.
ENDS = re.compile(r"$|\W|_(?!\w)|さん|さま|様|殿|氏|くん|君|ちゃん|先生")
PARTICLE = re.compile("[はがをにのともへやでかよね]|まで|って|だ")
HIRAGANA = re.compile("[ぁ-ゖ]")
# All that may be a name where nobody of that name is found.
WORD = re.compile(r"\w+?(?=さん|さま|様|くん|ちゃん|氏|\b)|.")
# Where a token of the markup says whom it calls.
CALLS = "calls"
# Nobody looks for the names of more calls than these in one text.
LOOKED_UP_MAX = 100


def possible_names(text: str) -> set[str]:
    """The folded names that a text may call, of the first calls if there are many."""
    found = set[str]()
    for call in islice(CALL.finditer(text), LOOKED_UP_MAX):
        found |= {fold(call[1])} if call[1] else {name for _end, name in _readings(text, call.end())}
    return found


def calls(text: str, names: Collection[str]) -> Iterator[tuple[int, int, str, str | None]]:
    """(start, end, as it is shown, folded name) of every call in a text. In brackets is a name, whoever has it; without, the
    name is None where it is none of these, and what is shown is all that could be meant."""
    at = 0
    for call in CALL.finditer(text):
        start, end = call.span()
        if start < at:
            continue
        name = fold(call[1]) if call[1] else None
        if name is None and names:
            end, name = next((found for found in _readings(text, end) if found[1] in names), (end, None))
        at = end
        written = call[1] or text[call.end() : end] or WORD.findall(text, end, end + REACH)[0]
        yield start, end, f"@{written}", name


def mark(state: StateCore) -> None:
    """Who is called by name stands out, whoever that is: everybody gets the same text."""
    for token in state.tokens:
        if token.type == "inline" and CALL.search(token.content):
            names = state.env.get("names", ())
            token.children = [part for child in token.children or [] for part in _marked(child, names)]


def _marked(token: Token, names: Collection[str]) -> Iterator[Token]:
    if token.type != "text":
        yield token
        return
    at = 0
    for start, end, shown, name in calls(token.content, names):
        yield Token("text", "", 0, content=token.content[at:start])
        if name is None:
            yield Token("text", "", 0, content=token.content[start:end], meta={CALLS: (shown, name)})
        else:
            yield Token("strong_open", "strong", 1, meta={CALLS: (shown, name)})
            yield Token("text", "", 0, content=shown)
            yield Token("strong_close", "strong", -1)
        at = end
    yield Token("text", "", 0, content=token.content[at:])


def _readings(text: str, start: int) -> Iterator[tuple[int, str]]:
    """(end, folded name) of every name that may begin here, the longest first."""
    line = text[start : start + REACH].partition("\n")[0]
    for length in range(len(line), 0, -1):
        if not line[length - 1].isspace() and _has_ended(line[:length], text[start + length :][:3]):
            yield start + length, fold(line[:length])


def _has_ended(name: str, rest: str) -> bool:
    return bool(
        ENDS.match(rest)
        or (len(name) > 1 and PARTICLE.match(rest))
        or (len(name) > 1 and HIRAGANA.match(rest) and not HIRAGANA.match(name[-1]))
    )
