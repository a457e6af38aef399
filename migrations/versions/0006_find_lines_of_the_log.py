"""Find lines of the log by what their readers ask for, the newest first."""

from alembic import op

revision = "0006"
down_revision = "0005"

INDEXES = """
drop index decisions_of_board;
create index decisions_of_board on decisions (board_id, number desc);
create index decisions_by_act on decisions (act, number desc);
create index decisions_by_rule on decisions (rule_number, number desc);
create index decisions_of_moderator on decisions (moderator_id, number desc);
create index decisions_by_time on decisions (decided_at);
create index decisions_by_hash on decisions (sha256);
"""


def upgrade() -> None:
    op.script(INDEXES)
