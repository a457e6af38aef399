"""How far the compilation of a digest is, and whether somebody stopped it: apart, for the digest itself is locked meanwhile."""

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.execute(
        """
        create table compilations (
            digest_id bigint primary key constraint compilations_digest references digests on delete cascade,
            percent smallint not null default 0,
            cancelled boolean not null default false
        )
        """
    )
