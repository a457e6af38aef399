"""Delete files whose every use has ended: the bytes go, what is known of them stays."""

from alembic import op

revision = "0058"
down_revision = "0057"

DELETING = """
create table ended_file_uses (
    file_id bigint not null,
    used_by text not null,
    subject_id bigint not null,
    because text not null constraint ended_file_uses_because check (because in ('withdrawn', 'names_forgotten')),
    ended_at timestamptz not null,
    constraint ended_file_uses_once primary key (file_id, used_by, subject_id),
    constraint ended_file_uses_use foreign key (file_id, used_by, subject_id) references file_uses
);
create trigger ended_file_uses_immutable before update or delete on ended_file_uses
    for each row execute function refuse_change();
create trigger ended_file_uses_kept before truncate on ended_file_uses
    for each statement execute function refuse_change();
-- Since then the bytes are handed to nobody; the storage loses them within a day.
alter table files add column deleted_at timestamptz;
-- The same picture may be uploaded again, and is then another file.
alter table files drop constraint files_once;
create unique index files_once on files (account_id, sha256) where deleted_at is null;
"""


def upgrade() -> None:
    op.script(DELETING)
