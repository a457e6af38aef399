"""Tags: a list that the town keeps, from which whoever starts or keeps a topic chooses a few."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling, can_speak, can_take_part
from forum.i18n import N_, _
from forum.text import Line, RowId, sized
from forum.topics.rules import Topic, can_read_topic

NAME_MAX = 20
TAGS_PER_TOPIC = 5
SLUG = re.compile("[a-z0-9][a-z0-9-]{1,29}")


@dataclass(frozen=True, slots=True)
class Tag:
    """`topics`: how many bear it that everybody may read."""

    id: int
    slug: str
    name: str
    name_en: str
    retired: bool
    topics: int


def check_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise PydanticCustomError("slug", N_("英小文字、数字、- で、2文字から30文字で書いてください。"))
    return slug


class Naming(BaseModel):
    """The form that gives a tag its names."""

    name: Annotated[Line, sized(1, NAME_MAX)]
    name_en: Annotated[Line, sized(1, 2 * NAME_MAX)]


class NewTag(Naming):
    """The form that adds a tag. Its address is given once."""

    slug: Annotated[Line, AfterValidator(check_slug)]


class Choice(BaseModel):
    """The form with the tags of a topic."""

    tags: list[RowId]


def can_keep_tags(actor: Actor) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    if not actor.is_staff:
        return Ruling(_("タグの一覧を変えられるのは、市の職員だけです。"))
    return ALLOWED


def can_tag(actor: Actor, topic: Topic) -> Ruling:
    """Choosing the tags of a topic: whoever started it, and those who keep its board."""
    if not (ruling := can_read_topic(actor, topic)) or not (ruling := can_speak(actor)):
        return ruling
    if not (actor.wrote(topic.author_id) or actor.steers(topic.board_id)):
        return Ruling(_("タグを選べるのは、話題を出した人と、この会議室の世話人だけです。"))
    return ALLOWED


def alike(naming: Naming, others: Sequence[Tag]) -> dict[str, str]:
    """One sentence for each field in which it is like another tag."""
    found = {}
    if isinstance(naming, NewTag) and naming.slug in [tag.slug for tag in others]:
        found["slug"] = _("この記号はもう使われています。")
    if naming.name in [tag.name for tag in others]:
        found["name"] = _("同じ名前のタグがあります。")
    return found


def faults(chosen: Collection[int], before: Collection[int], tags: Sequence[Tag]) -> dict[str, str]:
    """What is wrong with the choice: what is retired may stay where it is."""
    if len(chosen) > TAGS_PER_TOPIC:
        return {"tags": _("タグは%(most)sつまで選べます。", most=TAGS_PER_TOPIC)}
    offered = {tag.id for tag in tags if not tag.retired} | set(before)
    return {} if offered.issuperset(chosen) else {"tags": _("一覧にあるタグから選んでください。")}
