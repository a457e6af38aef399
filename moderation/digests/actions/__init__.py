"""What people and jobs do with digests."""

from moderation.digests.actions.approving import answer_approval, ask_approval
from moderation.digests.actions.background import cancel, compile_in_background, retake_in_background
from moderation.digests.actions.compiling import compile_consultation, compile_digest, start
from moderation.digests.actions.publishing import publish_digest
from moderation.digests.actions.recutting import cut
from moderation.digests.actions.retaking import let_go, retake, take_in
from moderation.digests.actions.sorting import describe, head, sort
from moderation.digests.actions.undoing import undo

__all__ = [
    "answer_approval",
    "ask_approval",
    "cancel",
    "compile_consultation",
    "compile_digest",
    "compile_in_background",
    "cut",
    "describe",
    "head",
    "let_go",
    "publish_digest",
    "retake",
    "retake_in_background",
    "sort",
    "start",
    "take_in",
    "undo",
]
