"""Whether the state of a post is the one that its decisions and its author's acts explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.posts.rules import State
from moderation.reviews.acts import ABOUT, About, Act

# What each act makes of each state that it may meet.
LEADS_TO: dict[Act, dict[State, State]] = {
    Act.APPROVE: {State.HELD: State.VISIBLE},
    # A hidden one when an appeal was granted in part.
    Act.RETURN: {State.HELD: State.HELD, State.HIDDEN: State.HELD},
    Act.HIDE: {State.HELD: State.HIDDEN, State.VISIBLE: State.HIDDEN},
    Act.RESTORE: {State.HIDDEN: State.VISIBLE},
    Act.DISMISS: {State.VISIBLE: State.VISIBLE, State.WITHDRAWN: State.WITHDRAWN},
    **{act: {state: state for state in State} for act in (Act.UPHOLD, Act.KEEP, Act.CONFIRM)},
    # What is published of the words changes, and no state.
    **{act: {state: state for state in State if state != State.WITHDRAWN} for act in (Act.MASK, Act.UNMASK)},
}
# Its author may take back a post in one of these at any time; that is no decision.
WITHDRAWABLE = {State.HELD, State.VISIBLE}


@dataclass(frozen=True, slots=True)
class PostHistory:
    """A post as it is, and what was done to it."""

    id: int
    state: str
    version: int
    created_at: datetime
    edited_at: datetime | None
    shown_at: datetime | None
    returned_at: datetime | None
    revisions: int
    acts: Sequence[str]
    decided_at: datetime | None


def disagreements(post: PostHistory) -> Iterator[str]:
    """What the post says of itself that its history does not."""
    if post.state not in _possible(post):
        yield f"{post.state} after {post.acts[-1] if post.acts else 'no decision'}"
    if (post.returned_at is not None) != _is_returned(post):
        yield "returned to its author, or not, against its last decision"
    # Every revision, every decision and a withdrawal count one.
    if post.version != post.revisions + len(post.acts) + (post.state == State.WITHDRAWN):
        yield f"version {post.version} after {post.revisions} revisions and {len(post.acts)} decisions"


def _possible(post: PostHistory) -> set[State]:
    """The states in which the post may be: it began as held or, where nobody had to look first, as visible."""
    states = _or_withdrawn({State.VISIBLE if post.shown_at == post.created_at else State.HELD})
    for act in post.acts:
        steps = LEADS_TO[Act(act)]
        states = _or_withdrawn({steps[state] for state in states if state in steps})
    return states


def _or_withdrawn(states: set[State]) -> set[State]:
    return states | {State.WITHDRAWN} if states & WITHDRAWABLE else states


def _is_returned(post: PostHistory) -> bool:
    """Held since it was returned, and not written anew."""
    judged = [act for act in post.acts if ABOUT[Act(act)] is About.POST]
    if post.state != State.HELD or not judged or judged[-1] != Act.RETURN or post.decided_at is None:
        return False
    return post.edited_at is None or post.edited_at < post.decided_at
