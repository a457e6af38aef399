"""The address that a mail asks replies to be sent to: it says, signed, who may answer which post and until when.

Mail servers compare local parts as they like and cut them at 64 letters, so it is short and of one case.
"""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from forum.settings import Settings

# In every mail that can be answered, above everything else; what quotes it is not new.
REPLY_MARK = "-=-=-=-=-"
LASTS = timedelta(days=30)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
NUMBER, DAY, SIGNATURE = 5, 2, 10  # bytes
TOKEN = re.compile(r"\+([a-z2-7]+)@", re.IGNORECASE | re.ASCII)


def reply_address(settings: Settings, account_id: int, post_id: int, now: datetime) -> str | None:
    """Where the person answers the post by mail; None if the town takes no mail."""
    if settings.mail_reply_to is None:
        return None
    until = (now + LASTS - EPOCH).days
    said = account_id.to_bytes(NUMBER) + post_id.to_bytes(NUMBER) + until.to_bytes(DAY)
    token = base64.b32encode(said + _signature(settings, said)).decode().lower().rstrip("=")
    name, _, domain = settings.mail_reply_to.rpartition("@")
    return f"{name}+{token}@{domain}"


def opened(settings: Settings, address: str, now: datetime) -> tuple[int, int] | None:
    """(account, post) of an address of ours that still holds."""
    found = TOKEN.search(address)
    if found is None:
        return None
    token = found[1].upper()
    try:
        signed = base64.b32decode(token + "=" * (-len(token) % 8))
    except binascii.Error:
        return None
    said, signature = signed[:-SIGNATURE], signed[-SIGNATURE:]
    if len(said) != 2 * NUMBER + DAY or not hmac.compare_digest(signature, _signature(settings, said)):
        return None
    account_id, post_id, until = (
        int.from_bytes(part) for part in (said[:NUMBER], said[NUMBER : 2 * NUMBER], said[2 * NUMBER :])
    )
    return (account_id, post_id) if (now - EPOCH).days <= until else None


def _signature(settings: Settings, said: bytes) -> bytes:
    return hmac.digest(f"reply by mail {settings.secret()}".encode(), said, hashlib.sha256)[:SIGNATURE]
