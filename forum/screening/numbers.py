"""Numbers that prove themselves by a check digit: My Number and payment cards."""

import re
from collections.abc import Iterator

from forum.i18n import _
from forum.screening.hints import Hint, Kind
from forum.screening.reading import Digits, Run, identifies_something

# 1 + 2 + … of the algorithm of the ordinance on individual numbers (平成26年総務省令第85号), highest digit first.
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
MY_NUMBER = [(12,), (4, 4, 4)]
NAMED = re.compile(r"(?:マイナンバ[-ー]|個人番号|My ?Number)[^0-9\n]{0,8}\Z", re.IGNORECASE)
# A moment written without marks: 202604011230.
MOMENT = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9]"
)

CARDS = [(16,), (4, 4, 4, 4), (15,), (4, 6, 5), (14,), (4, 6, 4), (19,), (4, 4, 4, 4, 3)]
# Length and the first digits that issuers have: Visa, Mastercard, JCB, American Express, Diners, Discover, UnionPay.
ISSUERS = re.compile(
    r"(?=[0-9]{16}\Z)(?:4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|352[89]|35[3-8]|6011|64[4-9]|65|62)"
    r"|(?=[0-9]{15}\Z)3[47]|(?=[0-9]{14}\Z)3(?:0[0-5]|[68])|(?=[0-9]{19}\Z)62"
)


def my_numbers(text: str, digits: Digits) -> Iterator[Hint]:
    """Twelve digits whose last is the check digit of the eleven before."""
    for run in digits.runs(*MY_NUMBER):
        if not _evenly_joined(run) or not proves_my_number(run.digits):
            continue
        named = bool(NAMED.search(text[max(0, run.start - 16) : run.start]))
        other = identifies_something(text, run.start) or MOMENT.fullmatch(run.digits)
        if named or not other:
            yield Hint(Kind.MY_NUMBER, run.start, run.end, _("12桁で、検査用数字が合う"))


def cards(text: str, digits: Digits) -> Iterator[Hint]:
    """Digits that an issuer gives out, proved by the formula of Luhn."""
    for run in digits.runs(*CARDS):
        if (
            _evenly_joined(run)
            and ISSUERS.match(run.digits)
            and proves_card(run.digits)
            and not identifies_something(text, run.start)
        ):
            yield Hint(Kind.CARD, run.start, run.end, _("カード会社の番号で始まり、検査用数字が合う"))


def proves_my_number(digits: str) -> bool:
    """The formula: 11 less the weighted sum modulo 11, and 0 where that remainder is 0 or 1."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits[:11], strict=True))
    rest = total % 11
    return len(set(digits)) > 1 and int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def proves_card(digits: str) -> bool:
    """The formula of Luhn: every second digit from the right doubled, its digits added."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _evenly_joined(run: Run) -> bool:
    return not run.glue or (len(set(run.glue)) == 1 and run.glue[0] in ("-", " "))
