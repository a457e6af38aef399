"""Slow topics down: for a while, one person writes once in so many minutes. Acts on topics are lines of the log."""

from alembic import op

revision = "0016"
down_revision = "0015"

SLOW = """
alter table topics
    add column slow_minutes int constraint topics_slow_minutes check (slow_minutes > 0),
    add column slow_until timestamptz,
    add constraint topics_slow check (num_nulls(slow_minutes, slow_until) in (0, 2));

-- Acts on a topic stand at its opening post.
alter table decisions drop constraint decisions_act_known, add constraint decisions_act_known
    check (act in ('approve', 'return', 'hide', 'restore', 'dismiss', 'mask', 'unmask', 'uphold',
        'lock', 'unlock', 'slow', 'unslow'));
"""


def upgrade() -> None:
    op.script(SLOW)
