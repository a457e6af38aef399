"""E-mail addresses, also those written so that machines should not see them."""

import re
from collections.abc import Iterator

from forum.i18n import _
from forum.screening.hints import Hint, Kind

LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"
LOCAL_MAX = 64
AT = re.compile(
    r" ?@ ?| ?[\[({<「【]\s?(?:at?|アット(?:マ-ク)?|あっと(?:ま-く)?|@)\s?[\])}>」】] ?"
    r"| ?(?:アット(?:マ-ク)?|あっと(?:ま-く)?|[☆★◎]) ?| at ",
    re.IGNORECASE,
)
DOT = re.compile(r"(?: ?ドット ?| ?[\[({](?:dot|ドット)[\])}] ?)\Z", re.IGNORECASE)
DOMAIN = re.compile(
    r"(?:[A-Z0-9][A-Z0-9-]{0,62}(?:\.| ?[\[({]\s?(?:dot|ドット)\s?[\])}] ?| dot | ?ドット ?))+[A-Z]{2,24}(?![A-Z0-9])",
    re.IGNORECASE,
)
# What stands before a name that "at" follows, where it is no English sentence.
AFTER_JAPANESE = re.compile(r"[^\x00-\x7f][ :]{1,2}\Z|[、(「ぁ-んァ-ヺ一-龠]\Z")


def mailboxes(text: str) -> Iterator[Hint]:
    """From each sign for @ as far as an address reaches to both sides."""
    for sign in AT.finditer(text):
        left = text[max(0, sign.start() - LOCAL_MAX) : sign.start()]
        local = left[_start_of_local(left) :].lstrip(".%-")
        domain = DOMAIN.match(text, sign.end())
        if not local or not domain:
            continue
        start = sign.start() - len(local)
        if sign[0] == " at " and not AFTER_JAPANESE.search(text[max(0, start - 3) : start]):
            continue  # an English sentence: look at example.com
        yield Hint(
            Kind.EMAIL,
            start,
            domain.end(),
            _("@のあるメールアドレス") if sign[0] == "@" else _("@を別の書き方にしたメールアドレス"),
        )


def _start_of_local(left: str) -> int:
    """Where the part before the @ begins, over dots that are written as words."""
    start = len(left.rstrip(LOCAL))
    while start < len(left) and (dot := DOT.search(left[:start])):
        before = len(left[: dot.start()].rstrip(LOCAL))
        if before == dot.start():
            break
        start = before
    return start
