"""Say of every act what it is about, in one place: what overtakes a decision is a later one about the same."""

from alembic import op

revision = "0017"
down_revision = "0016"

ACTS = """
create table acts (
    act text primary key,
    about text not null constraint acts_about_known
        check (about in ('post', 'words', 'topic', 'account', 'request'))
);
comment on column acts.about is
    'post: whether it is seen; words: which of them are masked; topic: at its opening post; account: that of its author;
    request: an appeal or a claim, which is refused';
insert into acts (act, about) values
    ('approve', 'post'), ('return', 'post'), ('hide', 'post'), ('restore', 'post'), ('dismiss', 'post'),
    ('mask', 'words'), ('unmask', 'words'),
    ('lock', 'topic'), ('unlock', 'topic'), ('slow', 'topic'), ('unslow', 'topic'),
    ('uphold', 'request');
alter table decisions drop constraint decisions_act_known,
    add constraint decisions_act_known foreign key (act) references acts;
"""


def upgrade() -> None:
    op.script(ACTS)
