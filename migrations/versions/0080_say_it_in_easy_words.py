"""Say what the town wrote in easy words: each version with the hash of the words that it was made from."""

from alembic import op

revision = "0080"
down_revision = "0079"

WORDINGS = """
create table easy_wordings (
    about text not null constraint easy_wordings_about_known check (about in ('board', 'rule')),
    -- The id of the board, the number of the rule.
    subject_id bigint not null,
    number int not null constraint easy_wordings_number check (number > 0),
    body text not null,
    source_sha256 text not null,
    written_by bigint not null constraint easy_wordings_by references accounts,
    written_at timestamptz not null,
    primary key (about, subject_id, number)
);
create trigger easy_wordings_immutable before update or delete on easy_wordings
    for each row execute function refuse_change();
create trigger easy_wordings_kept before truncate on easy_wordings for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(WORDINGS)
