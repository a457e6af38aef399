"""How fast one person or one address may do what. Limits are about load and floods, never about voice."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once, and then one every `every`."""

    burst: int
    every: timedelta


LIMITS = {
    # Guessing a password: ten tries, then one every half minute, per address and per account.
    "login": Limit(10, timedelta(seconds=30)),
    # The same, by what is typed as the address of an account: anything, also what looks like the key of somebody else's limit.
    "login_as": Limit(10, timedelta(seconds=30)),
    # Guessing a code, for whoever knows the password: three of a million work at a time, and a year of trying finds one in ten.
    "code": Limit(6, timedelta(minutes=15)),
    # A library's PCs share one address: several people register in a row.
    "register": Limit(10, timedelta(minutes=10)),
    # Nobody writes faster than this for long; a new member's first posts are read by a person.
    "post": Limit(6, timedelta(seconds=20)),
    "post_new_member": Limit(3, timedelta(minutes=1)),
    # The pictures of an album, one after the other.
    "file": Limit(15, timedelta(seconds=10)),
    # While somebody types: every second or two.
    "draft": Limit(60, timedelta(seconds=1)),
    "preview": Limit(30, timedelta(seconds=1)),
    "device": Limit(10, timedelta(minutes=1)),
    # Numbers for the counter: made by residents, tried by clerks.
    "residence": Limit(20, timedelta(seconds=30)),
    "report": Limit(10, timedelta(minutes=1)),
    "search": Limit(20, timedelta(seconds=3)),
    # A program that reads the room page by page, over and over.
    "api": Limit(120, timedelta(milliseconds=500)),
    # While somebody types.
    "suggest": Limit(60, timedelta(milliseconds=500)),
    # As fast as somebody can read a sentence and press a key.
    "stance": Limit(40, timedelta(seconds=2)),
    # Reading through a topic and pressing at every other post.
    "react": Limit(30, timedelta(seconds=2)),
    "submit": Limit(5, timedelta(minutes=2)),
    # Trying out whose name stands under a submission.
    "take_back": Limit(5, timedelta(minutes=10)),
    # To one person who asks, and to one address that anybody may name.
    "mail": Limit(3, timedelta(minutes=10)),
}
