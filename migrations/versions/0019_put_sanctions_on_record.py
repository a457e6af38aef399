"""Put sanctions on record: each is a decision that rests on a post, with whom it is about and until when."""

from alembic import op

revision = "0019"
down_revision = "0018"

SANCTIONS = """
insert into acts (act, about) values
    ('warn', 'account'), ('silence', 'account'), ('suspend', 'account'), ('reinstate', 'account');
alter table accounts add column silenced_until timestamptz;
create table sanctions (
    id bigint generated always as identity primary key,
    -- None for a suspension from before sanctions were decisions.
    decision_id bigint constraint sanctions_decision references decisions constraint sanctions_once unique,
    account_id bigint not null constraint sanctions_account references accounts,
    act text not null constraint sanctions_act references acts,
    until timestamptz,
    -- Of a reinstatement: the one decision that it takes back; none: everything.
    lifts bigint constraint sanctions_lifted references decisions,
    sanctioned_at timestamptz not null,
    sha256 text not null,
    constraint sanctions_end check ((act = 'silence') = (until is not null)),
    constraint sanctions_lift check (lifts is null or act = 'reinstate')
);
create index sanctions_of_account on sanctions (account_id);
insert into sanctions (account_id, act, sanctioned_at, sha256)
    select id, 'suspend', suspended_at, '' from accounts where suspended_at is not null order by suspended_at, id;
create trigger sanctions_immutable before update or delete on sanctions
    for each row execute function refuse_change();
create trigger sanctions_kept before truncate on sanctions for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(SANCTIONS)
