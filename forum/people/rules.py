"""Leaving: what may go, who may decide it, and how long it can be taken back. And taking along everything about oneself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling, office_counts
from forum.accounts.rules import TypedPassword
from forum.i18n import N_, _

REVERSIBLE = timedelta(days=7)


class Goes(StrEnum):
    """What goes: the account and not the posts, the posts and not the account, or both."""

    ACCOUNT = "account"
    POSTS = "posts"
    BOTH = "both"


GOES_NAMES = {
    Goes.ACCOUNT: N_("退会する（投稿は残す）"),
    Goes.POSTS: N_("投稿をすべて取り下げる（退会しない）"),
    Goes.BOTH: N_("投稿をすべて取り下げて、退会する"),
}
GOES_HINTS = {
    Goes.ACCOUNT: N_("投稿は「退会した人」の名前で残ります。"),
    Goes.POSTS: N_(
        "本文はだれにも見えなくなり、「書いた人が取り下げました」と表示されます。登録はそのまま使えます。"
    ),
    Goes.BOTH: N_("本文はだれにも見えなくなり、登録も消えます。"),
}


def _chosen(value: object) -> object:
    if value not in list(Goes):
        raise PydanticCustomError("goes", N_("どれか一つを選んでください。"))
    return value


class Leaving(BaseModel):
    """The form, confirmed by the password."""

    goes: Annotated[Goes, BeforeValidator(_chosen)]
    password: TypedPassword


def can_leave(actor: Actor) -> Ruling:
    """Also whoever is suspended. An office is given back first: its acts are signed with it."""
    if actor.is_guest:
        return Ruling(_("ログインしてください。"))
    if not actor.confirmed:
        return Ruling(_("確認のすんでいない登録は、30日たつと自動で消えます。"))
    if actor.leaving:
        return Ruling(_("すでに手続き中です。"))
    if actor.is_staff or actor.is_moderator or actor.facilitates_boards or actor.lacks_second_factor:
        return Ruling(_("役割のある人は、管理者に役割を外してもらってから手続きしてください。"))
    return ALLOWED


# How long a file with everything about a person waits for them, and how often they may have it made.
TAKEOUT_WAITS = timedelta(days=7)
TAKEOUT_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Takeout:
    """A file with everything about somebody, made or being made."""

    id: int
    account_id: int
    key: str
    asked_at: datetime
    ready_at: datetime | None
    bytes: int | None
    expires_at: datetime

    def is_there(self, now: datetime) -> bool:
        return self.ready_at is not None and now < self.expires_at


def can_take_out(actor: Actor, latest: Takeout | None, now: datetime) -> Ruling:
    """Also whoever is suspended, or about to leave: it is theirs. What was said and told in an office is in it as well."""
    if actor.is_guest:
        return Ruling(_("ログインしてください。"))
    if not (ruling := office_counts(actor)):
        return ruling
    if not actor.confirmed:
        return Ruling(_("届いたメールのリンクを開いて、登録を確認してからお使いください。"))
    if latest is not None and now < latest.asked_at + TAKEOUT_EVERY:
        return Ruling(_("まとめられるのは1日に1回です。前に頼んだときから1日たつと、また頼めます。"))
    return ALLOWED
