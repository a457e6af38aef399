"""What changed between two versions of a text, in pieces a person can read."""

import re
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "added", "removed"], str]

# Runs of one kind of writing stand for words, which Japanese does not separate.
TOKEN = re.compile(r"[一-鿿々]+|[ぁ-ゟ]+|[ァ-ヿー]+|[A-Za-z0-9]+|\s+|.", re.DOTALL)


def diff(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order; `same` and `added` together are `after`."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    pieces: list[Piece] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(("same", "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(("removed", "".join(old[a:b])))
        if c < d:
            pieces.append(("added", "".join(new[c:d])))
    return pieces
