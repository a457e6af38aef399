"""ここまでのまとめ: a post in which somebody who keeps the board sums up the discussion. The newest stands at its head."""

import re
from dataclasses import replace

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Ruling
from forum.i18n import _
from forum.posts.rules import Body, PostView
from forum.topics.phasing import can_see_course
from forum.topics.rules import Topic, can_reply

TAG = re.compile(r"(<[^>]+>)")
# The number of a post, as everybody writes it.
CITED = re.compile(r"(?<![\w&#/])[#＃](\d{1,6})(?!\w)", re.ASCII)
# Inside these nothing is made a link.
CLOSED = ("a", "code", "pre")


class Recap(BaseModel):
    """The form."""

    body: Body


def can_recap(actor: Actor, topic: Topic) -> Ruling:
    """Summing up: those who keep the board, also after the discussion has ended."""
    if not (ruling := can_see_course(actor, topic)) or not (ruling := can_reply(actor, topic)):
        return ruling
    if not actor.steers(topic.board_id):
        return Ruling(_("まとめを書けるのは、この会議室の世話人だけです。"))
    return ALLOWED


def with_citations(recap: PostView) -> PostView:
    """The post with a link at every number of a post that it names."""
    parts, inside = [], 0
    for part in TAG.split(recap.html):
        if part.startswith("<"):
            name = part.strip("</>").split(" ")[0]
            inside += (name in CLOSED) * (-1 if part.startswith("</") else 1)
        elif not inside:
            part = CITED.sub(rf'<a href="/topics/{recap.topic_id}/at?number=\1">#\1</a>', part)
        parts.append(part)
    return replace(recap, html="".join(parts))
