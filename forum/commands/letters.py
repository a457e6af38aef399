"""`forum mail receive`: a mail server hands over a letter that somebody sent to a reply address."""

import sys

import structlog

from forum.commands.context import opened_site

log = structlog.get_logger()
# A post is short; what comes after so much is an attachment, and those are left out.
BYTES_MAX = 5_000_000
# What the mail server reads from the exit code (sysexits.h): try again later.
TEMPORARY_FAILURE = 75


async def received() -> int:
    """The exit code: 0 when it was posted, refused with an answer or ignored."""
    raw = sys.stdin.buffer.read(BYTES_MAX)
    while sys.stdin.buffer.read(BYTES_MAX):
        pass
    try:
        async with opened_site() as site:
            from forum.replying.actions import receive as take_in

            log.info("mail.received", outcome=await take_in(site.db, site.settings, raw))
    except Exception:  # whatever is wrong with us is no reason to send a letter back
        log.exception("mail.postponed")
        return TEMPORARY_FAILURE
    return 0
