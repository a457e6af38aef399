"""Reactions: a stance, of which a person has one at most, and courtesy, which says nothing about it.

They are no votes: how many there are decides nothing.
"""

from enum import StrEnum

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Role, Ruling, can_speak
from forum.i18n import N_, _
from forum.posts.rules import Post, PostView, State, can_read_words


class Kind(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"
    INSIGHT = "insight"
    THANKS = "thanks"


LABELS = {
    Kind.AGREE: N_("賛成"),
    Kind.DISAGREE: N_("反対"),
    Kind.INSIGHT: N_("なるほど"),
    Kind.THANKS: N_("ありがとう"),
}
STANCES = frozenset({Kind.AGREE, Kind.DISAGREE})


class Press(BaseModel):
    """A button that was pressed; `on` is what the person wants, the opposite of what there is if they do not say."""

    kind: Kind
    on: bool | None = None


def can_react(actor: Actor, post: Post | PostView, kind: Kind) -> Ruling:
    """Whoever may speak, about what others wrote and everybody reads."""
    if not (ruling := can_read_words(actor, post)) or not (ruling := can_speak(actor)):
        return ruling
    if post.state != State.VISIBLE:
        return Ruling(_("公開されていない投稿には反応できません。"))
    if actor.wrote(post.author_id):
        return Ruling(_("自分の投稿には反応できません。"))
    if kind in STANCES and actor.role is not Role.RESIDENT:
        return Ruling(_("賛成と反対は、市民だけが押せます。"))
    return ALLOWED


def pressed(own: frozenset[Kind], press: Press) -> frozenset[Kind]:
    """What a person's reactions are after the button: a stance takes the place of the other one."""
    wanted = press.kind not in own if press.on is None else press.on
    if not wanted:
        return own - {press.kind}
    return (own - STANCES if press.kind in STANCES else own) | {press.kind}
