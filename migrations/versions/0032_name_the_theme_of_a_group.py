"""Points that belong to the same theme stand together under its name."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.execute("alter table opinion_groups add column theme text not null default ''")
