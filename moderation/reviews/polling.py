"""Polls, which are words too: who reports one, and who judges it by itself."""

from collections.abc import Iterable

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.i18n import _
from forum.posts.rules import State
from forum.topics.polling import Poll, can_see_poll
from forum.topics.rules import Topic, can_read_topic
from moderation.reviews.acts import Act
from moderation.reviews.queries.reports import Report


def can_report_poll(actor: Actor, topic: Topic, poll: Poll) -> Ruling:
    """As a post: whoever takes part, about what everybody sees and somebody else asked."""
    if not (ruling := can_take_part(actor)) or not (ruling := can_see_poll(actor, topic, poll)):
        return ruling
    if actor.wrote(poll.opened_by):
        return Ruling(_("自分が始めた投票は通報できません。"))
    if poll.hidden or topic.polls_hidden:
        return Ruling(_("公開されていない投票は通報できません。"))
    return ALLOWED


def can_judge_poll(actor: Actor, topic: Topic, poll: Poll) -> Ruling:
    """Moderators of the board, also where the topic was merged into another one; and nobody what they asked themselves."""
    if not (ruling := can_take_part(actor)) or not (ruling := can_read_topic(actor, topic)):
        return ruling
    # Taken back with its topic, it is read by nobody.
    if topic.state == State.WITHDRAWN:
        return Ruling(_("この話題は、いま公開されていません。"))
    if not actor.moderates(topic.board_id):
        return Ruling(_("この会議室の審査の担当者だけができます。"))
    if actor.wrote(poll.opened_by):
        return Ruling(_("自分が始めた投票は審査できません。ほかの担当者が確認します。"))
    return ALLOWED


def answerable(actor: Actor, reports: Iterable[Report]) -> list[Report]:
    """Those that a moderator reads and answers: none about what they asked themselves."""
    return [report for report in reports if not actor.wrote(report.poll_by)]


def judged_with(act: Act, polls: Iterable[Poll]) -> list[Poll]:
    """Those that the act hides, or shows again."""
    return [poll for poll in polls if poll.hidden == (act is Act.SHOW_POLL)]
