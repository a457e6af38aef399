"""Find a revision, a submission or an opinion by its hash; digests, answers and results are few."""

from alembic import op

revision = "0003"
down_revision = "0002"

INDEXES = """
create index revisions_by_hash on revisions (sha256);
create index submissions_by_hash on submissions (sha256);
create index opinions_by_hash on opinions (sha256);
"""


def upgrade() -> None:
    op.script(INDEXES)
