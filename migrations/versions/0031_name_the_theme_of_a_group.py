"""Points that belong to the same theme stand together under its name."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.execute("alter table opinion_groups add column theme text not null default ''")
