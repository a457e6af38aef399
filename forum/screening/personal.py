"""What may be somebody's personal data, so that its author can think again before everybody reads it."""

import re

from forum.screening.hints import Hint, Kind, disjoint
from forum.screening.lists import lines
from forum.screening.mailboxes import mailboxes
from forum.screening.numbers import cards, my_numbers
from forum.screening.phones import phones
from forum.screening.reading import Digits, read
from forum.screening.streets import KANJI_DIGITS, postal_codes, streets

PUBLIC = lines("public.txt")
JOINTS = re.compile(r"丁目|番地?の?|[-の]")


def personal_data(text: str) -> tuple[Hint, ...]:
    """Every passage that looks like a telephone number, an address or a number of a person; contacts of offices excepted."""
    reading = read(text)
    digits = Digits(reading)
    found = [*mailboxes(reading), *streets(reading)]
    if digits.found:
        found += [
            *phones(reading, digits),
            *postal_codes(reading, digits),
            *my_numbers(reading, digits),
            *cards(reading, digits),
        ]
    return disjoint(hint for hint in found if not _is_public(hint.kind, reading[hint.start : hint.end]))


def _is_public(kind: Kind, words: str) -> bool:
    if kind is Kind.EMAIL:
        return any(words.lower().endswith((f"@{domain}", f".{domain}")) for domain in PUBLIC)
    if kind is Kind.ADDRESS:
        plain = JOINTS.sub("-", words.translate(KANJI_DIGITS)).removesuffix("号")
        return any(plain.endswith(place) for place in PUBLIC)
    bare = re.sub(r"[^0-9]", "", words)
    return bare in _PUBLIC_DIGITS


_PUBLIC_DIGITS = {re.sub(r"[^0-9]", "", line) for line in PUBLIC if line[0].isdigit()}
