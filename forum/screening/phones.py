"""Telephone numbers as people write them in Japan."""

import re
from collections.abc import Iterator

from forum.i18n import _
from forum.screening.hints import Hint, Kind
from forum.screening.reading import Digits, Run, identifies_something

# Digits per group of a number that begins with 0, and of what follows +81.
NATIONAL = [
    *((3, 4, 4), (3, 8), (11,)),
    *((2, 4, 4), (3, 3, 4), (4, 2, 4), (5, 1, 4), (10,)),
    *((4, 3, 3), (4, 6), (4, 3, 4), (4, 7)),
]
ABROAD = [
    *((2, 1, 4, 4), (2, 2, 3, 4), (2, 2, 4, 4), (2, 3, 2, 4), (2, 4, 1, 4), (2, 3, 3, 4), (2, 3, 4, 4)),
    *((2, 1, 1, 4, 4), (2, 1, 2, 3, 4), (2, 1, 2, 4, 4), (2, 1, 3, 2, 4)),
    *((3, 4, 4), (4, 3, 4), (4, 4, 4), (5, 2, 4), (6, 1, 4)),
    *((2, 9), (2, 10), (11,), (12,)),
]
LOCAL = [(2, 4), (3, 4), (4, 4)]
JOINT = re.compile(r" ?[-.の(] ?|\)[- ]?|-\(| |-?\(0?\)-?")
CALLING = re.compile(
    r"(?:電話|でんわ|TEL|℡|☎|📞|携帯|ケ-タイ|スマホ|FAX|ファックス|ファクス|連絡先|内線)[^0-9。\n]{0,8}\Z",
    re.IGNORECASE,
)
# What is counted, dated or numbered is no telephone.
COUNTED = re.compile(r" ?(?:号|円|年|人|名|件|条|項|票|km|ha|m2|㎡|トン)")


def phones(text: str, digits: Digits) -> Iterator[Hint]:
    """Mobile, IP, fixed and free numbers, from home and abroad, and short ones where a word says what they are."""
    for run in digits.runs(*NATIONAL):
        evidence = _national(run.digits, run.shape)
        if evidence and _is_phone(text, run) and (run.shape != (10,) or _is_called(text, run)):
            yield Hint(Kind.PHONE, _with_parenthesis(text, run), run.end, evidence)
    for run in digits.runs(*ABROAD):
        if text[run.start - 1 : run.start] == "+" and run.digits.startswith("81") and _joined(run):
            yield Hint(Kind.PHONE, run.start - 1, run.end, _("国番号+81の電話番号"))
    for run in digits.runs(*LOCAL):
        if run.glue == ("-",) and run.digits[0] != "0" and _is_called(text, run) and _is_phone(text, run):
            yield Hint(Kind.PHONE, run.start, run.end, _("「電話」などの言葉のすぐ後の番号"))


def _national(digits: str, shape: tuple[int, ...]) -> str | None:
    """What kind of number it is, if it is one: each kind has its first digits, its length and its groups."""
    if digits[0] != "0" or digits[1] == "0" or len(set(digits)) < 3:
        return None
    if digits.startswith(("0120", "0800", "0570")):
        length = 11 if digits.startswith("0800") else 10
        grouped = shape[0] == 4 or len(shape) == 1
        return _("0120などで始まる番号") if len(digits) == length and grouped else None
    if len(digits) == 11:
        if digits[2] != "0" or digits[1] not in "56789" or shape[0] not in (3, 11):
            return None
        return _("050で始まるIP電話の番号") if digits[1] == "5" else _("携帯電話の番号")
    if shape[0] == 2 and digits[:2] not in ("03", "04", "06"):
        return None
    return _("市外局番のある電話番号") if len(digits) == 10 and shape not in ((4, 3, 3), (4, 6)) else None


def _is_phone(text: str, run: Run) -> bool:
    return _joined(run) and not identifies_something(text, run.start) and not COUNTED.match(text, run.end)


def _joined(run: Run) -> bool:
    return all(JOINT.fullmatch(glue) for glue in run.glue)


def _is_called(text: str, run: Run) -> bool:
    return bool(CALLING.search(text[max(0, run.start - 16) : run.start]))


def _with_parenthesis(text: str, run: Run) -> int:
    """(042)383-1111 begins with its parenthesis."""
    opened = text[run.start - 1 : run.start] == "(" and run.glue and run.glue[0].startswith(")")
    return run.start - 1 if opened else run.start
