"""Let staff add a summary in plain language (やさしい日本語) to a consultation."""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.script("alter table consultations add column plain_summary text not null default '';")
