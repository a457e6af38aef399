"""A section is told through its people: an address of its own was kept and read by nothing.

A process of before, which names the column, goes on but for opening a section.
"""

from alembic import op

revision = "0098"
down_revision = "0097"


def upgrade() -> None:
    op.script("alter table sections drop column email;")
