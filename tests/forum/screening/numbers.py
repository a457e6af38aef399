"""Numbers that look as real ones do and belong to nobody, and how people write them."""

from random import Random

FULL_WIDTH = {code: 0xFEE0 + code for code in range(0x21, 0x7F)}
HYPHENS = "-‐－–ー−"
KANJI = "〇一二三四五六七八九"
AREAS = [
    ("03", 4),
    ("04", 4),
    ("06", 4),
    ("011", 3),
    ("042", 3),
    ("045", 3),
    ("092", 3),
    ("0422", 2),
    ("0985", 2),
    ("04992", 1),
]
ISSUERS = [
    *((prefix, 16) for prefix in ("4", "51", "55", "2221", "3528", "3589", "6011", "62")),
    *(("34", 15), ("37", 15), ("36", 14)),
]


def digits(rnd: Random, length: int) -> str:
    return "".join(rnd.choices("0123456789", k=length))


def first_not_zero(rnd: Random, length: int) -> str:
    return rnd.choice("23456789") + digits(rnd, length - 1)


def phone(rnd: Random) -> tuple[str, str, str]:
    """Area or network, exchange, subscriber."""
    kind = rnd.randrange(10)
    if kind < 4:
        return rnd.choice(["060", "070", "080", "090"]), first_not_zero(rnd, 4), digits(rnd, 4)
    if kind == 4:
        return "050", first_not_zero(rnd, 4), digits(rnd, 4)
    if kind == 5:
        return rnd.choice(["0120", "0570"]), digits(rnd, 3), digits(rnd, 3)
    area, exchange = rnd.choice(AREAS)
    return area, first_not_zero(rnd, exchange), digits(rnd, 4)


def my_number(rnd: Random) -> str:
    """Eleven digits and their check digit, by the text of the ordinance rather than by our code."""
    eleven = digits(rnd, 11)
    lowest_first = [int(digit) for digit in reversed(eleven)]
    total = sum(digit * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(lowest_first, start=1))
    rest = total % 11
    return eleven + str(0 if rest <= 1 else 11 - rest)


def card(rnd: Random) -> str:
    """An issuer's first digits, any others, and the digit that makes Luhn's sum a multiple of ten."""
    prefix, length = rnd.choice(ISSUERS)
    body = prefix + digits(rnd, length - len(prefix) - 1)
    return next(body + check for check in "0123456789" if _luhn(body + check))


def in_fours(number: str, joint: str) -> str:
    if len(number) == 16 or len(number) == 12:
        return joint.join(number[at : at + 4] for at in range(0, len(number), 4))
    return joint.join([number[:4], number[4:10], number[10:]])


def somehow_wide(rnd: Random, text: str) -> str:
    """As it is, in full width, or with only the digits in full width."""
    style = rnd.randrange(4)
    if style == 0:
        return text.translate(FULL_WIDTH)
    return "".join(chr(FULL_WIDTH[ord(c)]) if c.isdigit() else c for c in text) if style == 1 else text


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(number[::-1]):
        total += sum(divmod(int(digit) * 2, 10)) if place % 2 else int(digit)
    return total % 10 == 0
