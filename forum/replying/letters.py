"""What came by mail: from whom, to which of our addresses, and what of it the person wrote just now."""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from forum.notifications.reply_addresses import REPLY_MARK

PRECEDENCES = {"bulk", "junk", "list", "auto_reply"}
# More is no post, and is left out unread.
TEXT_MAX = 20_000
# Longer headers are no mail program's. The library takes minutes over some, which grow with the square of the length.
HEADER_MAX, HEADERS_MAX = 4_000, 60_000
# No program writes a longer line about whom it quotes.
INTRODUCTION_MAX = 300
# How programs say whom they quote: 「2026年4月1日(水) 9:00 花子 <hana@example.jp>:」「花子さんが書きました：」 "On … wrote:".
ATTRIBUTION = re.compile(
    r"(?:@[^\s>]+>?|wrote|writes|書きました|のメール|のメッセージ)\s*[:：]?\s*$", re.IGNORECASE
)
FIRST_HALF = re.compile(r"^(?:On\b|\d{4}\s*[-年/])", re.IGNORECASE)
QUOTED = re.compile(r"^\s*[>＞]")
# From here on nothing is new: a signature, or the head of a mail that is quoted whole.
END = re.compile(
    r"^(?:-- ?$|_{10,}\s*$|-{2,}\s*(?:Original Message|元のメッセージ|Forwarded)|(?:From|差出人|送信者)\s*[:：])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` is None if there is none that is only text."""

    sender: str
    recipients: tuple[str, ...]
    is_automatic: bool
    digest: bytes
    text: str | None
    has_attachments: bool


def opened(raw: bytes) -> Letter:
    """The letter in some bytes, whatever they are: a header that makes no sense says nothing, and one that nobody could have
    written makes it a letter from nobody."""
    try:
        return _read(raw) if _has_sane_headers(raw) else _from_nobody(raw)
    # What the library raises over names in an encoding that yields no letters, and over some headers without an end.
    except (RecursionError, ValueError, LookupError):
        return _from_nobody(raw)


def _has_sane_headers(raw: bytes) -> bool:
    """Told apart without looking into them."""
    parts = message_from_bytes(raw, policy=policy.compat32).walk()
    lengths = [len(str(value)) for part in parts for _name, value in part.raw_items()]
    return max(lengths, default=0) <= HEADER_MAX and sum(lengths) <= HEADERS_MAX


def _from_nobody(raw: bytes) -> Letter:
    return Letter(
        "", (), is_automatic=True, digest=hashlib.sha256(raw).digest(), text=None, has_attachments=False
    )


def _read(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    senders = _addresses(message, "From")
    return Letter(
        sender=senders[0] if len(senders) == 1 else "",
        recipients=_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To"),
        is_automatic=_is_automatic(message),
        digest=hashlib.sha256(_header(message, "Message-ID").encode() or raw).digest(),
        text=_text(message),
        has_attachments=any(
            part.get_filename() or part.get_content_maintype() not in ("text", "multipart")
            for part in message.walk()
        ),
    )


def new_words(text: str) -> str:
    """What the person wrote, without what they quote at the end, and without a signature."""
    lines: list[str] = []
    is_quoted = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if REPLY_MARK in line or END.match(line):
            is_quoted = REPLY_MARK in line
            break
        lines.append(line.rstrip())
    while lines and (not lines[-1] or QUOTED.match(lines[-1])):
        is_quoted = is_quoted or bool(lines[-1])
        lines.pop()
    # Before anything else it is the person's own last line.
    if is_quoted and lines and len(lines[-1]) <= INTRODUCTION_MAX and ATTRIBUTION.search(lines[-1]):
        lines.pop()
        if lines and FIRST_HALF.match(lines[-1]):
            lines.pop()
    return "\n".join(lines).strip()


def _is_automatic(message: EmailMessage) -> bool:
    """Whether a machine sent it: an absence notice, a bounce, a list. Answering those makes loops."""
    submitted = _header(message, "Auto-Submitted").lower()
    return (
        submitted not in ("", "no")
        or _header(message, "Precedence").lower() in PRECEDENCES
        or _header(message, "Return-Path") == "<>"
        or message.get_content_type() == "multipart/report"
        or any(name in message for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Loop"))
    )


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, "")).strip()


def _addresses(message: EmailMessage, *names: str) -> tuple[str, ...]:
    written = [str(value) for name in names for value in message.get_all(name, [])]
    return tuple(address for _name, address in getaddresses(written) if address)


def _text(message: EmailMessage) -> str | None:
    try:
        part = message.get_body(("plain",))
        return None if part is None else str(part.get_content())[:TEXT_MAX]
    except (LookupError, ValueError):  # an encoding that nobody knows
        return None
