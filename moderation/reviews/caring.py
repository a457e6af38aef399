"""Sparing those who review: hard words stay folded until somebody wants to see them, and now and then a break is proposed.

Both only offer. What a moderator chooses and when they rest is nobody else's business: no figure is made of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator

from forum.i18n import _, _n

# Reports under these rules say that a post may hurt whoever reads it: defamation, discrimination, danger.
DISTRESSING = (2, 3, 11)
# Whoever does nothing for so long has had a break.
PAUSE = timedelta(minutes=15)
# Nobody reviews for longer than this without one; what is older does not matter.
LOOKED_BACK = timedelta(hours=8)
Minutes = Literal[0, 30, 45, 60, 90]
Posts = Literal[0, 5, 10, 20]

Ticked = Annotated[bool, BeforeValidator(lambda typed: typed in (True, "on"))]


class Comforts(BaseModel):
    """What a moderator has chosen, as the form carries it."""

    folded: Ticked = False
    minutes: Annotated[Minutes, BeforeValidator(int)] = 60
    posts: Annotated[Posts, BeforeValidator(int)] = 10
    rested_at: datetime | None = None


# Of whoever has not chosen yet.
USUAL = Comforts(folded=True)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was decided, proposed or looked at."""

    at: datetime
    distressing: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Reviewing without a break: for how long, and how many distressing posts."""

    lasted: timedelta
    distressing: int

    @property
    def long(self) -> bool:
        """Worth telling, whatever the break is proposed for."""
        return self.lasted >= PAUSE


@dataclass(frozen=True, slots=True)
class Care:
    """The posts of a page whose words are folded, and the stretch after which a break is proposed, if it is time."""

    folded: frozenset[int]
    tired: Stretch | None


def stretch(deeds: Sequence[Deed], now: datetime) -> Stretch:
    """How long somebody has been at it by now. `deeds`: the newest first."""
    since, distressing = now, 0
    for deed in deeds:
        if since - deed.at >= PAUSE:
            break
        since, distressing = deed.at, distressing + deed.distressing
    return Stretch(now - since, distressing)


def tired(deeds: Sequence[Deed], comforts: Comforts, now: datetime) -> Stretch | None:
    """The stretch after which a break is due; only what came after the last one was proposed."""
    found = stretch(
        [deed for deed in deeds if comforts.rested_at is None or deed.at > comforts.rested_at], now
    )
    long = comforts.minutes and found.lasted >= timedelta(minutes=comforts.minutes)
    hard = comforts.posts and found.distressing >= comforts.posts
    return found if long or hard else None


def minutes_named() -> list[tuple[int, str]]:
    return [(n, _n("%(n)s分ごと", n=n) if n else _("知らせない")) for n in get_args(Minutes)]


def posts_named() -> list[tuple[int, str]]:
    return [(n, _n("%(n)s件ごと", n=n) if n else _("知らせない")) for n in get_args(Posts)]
