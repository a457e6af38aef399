"""Let submitters attach pictures and documents; nobody but the section sees them until it publishes one."""

from alembic import op

revision = "0055"
down_revision = "0054"

ATTACHED = """
create table submission_files (
    submission_id bigint not null constraint submission_files_submission references submissions,
    file_id bigint not null constraint submission_files_file references files,
    attached_at timestamptz not null,
    -- Binds the file to the words with which it came.
    sha256 text not null,
    published_at timestamptz,
    published_by bigint constraint submission_files_by references accounts,
    primary key (submission_id, file_id)
);
create trigger submission_files_immutable before update on submission_files for each row
    when (to_jsonb(old) - 'published_at' - 'published_by' is distinct from to_jsonb(new) - 'published_at' - 'published_by')
    execute function refuse_change();
create trigger submission_files_kept before delete on submission_files for each row execute function refuse_change();
"""


def upgrade() -> None:
    op.script(ATTACHED)
