"""Seal who objects: the hash of an objection can be computed by others, who learn nothing of its author."""

from alembic import op

revision = "0085"
down_revision = "0084"

SALTS = """
-- Null of what was filed before: there the hash holds the number of the author itself.
alter table objections add column salt text;
"""


def upgrade() -> None:
    op.script(SALTS)
