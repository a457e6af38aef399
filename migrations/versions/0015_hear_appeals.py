"""Hear appeals: what was filed never changes, and the answer is a line of the log that names the decision it judges.

New lines of the log are hashed in version 3, or 4 for a post that was masked; old ones keep 1 and 2.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

APPEALS = """
create table appeals (
    id bigint generated always as identity primary key,
    -- One for each decision, for good.
    decision_id bigint not null constraint appeals_decision references decisions
        constraint appeals_once unique,
    appellant_id bigint not null constraint appeals_appellant references accounts,
    -- Whose words were judged, or whose report was dismissed.
    standing text not null constraint appeals_standing_known check (standing in ('author', 'reporter')),
    body text not null,
    filed_at timestamptz not null,
    due_at timestamptz not null,
    sha256 text not null
);
create index appeals_of_appellant on appeals (appellant_id, id desc);
create trigger appeals_immutable before update or delete on appeals for each row execute function refuse_change();
create trigger appeals_kept before truncate on appeals for each statement execute function refuse_change();
"""

LOG = """
alter table decisions add column appeal_of bigint constraint decisions_appeal_of references decisions;
create unique index decisions_answer_once on decisions (appeal_of) where appeal_of is not null;
alter table decisions alter column version set default 3;
alter table decisions drop constraint decisions_act_known;
alter table decisions add constraint decisions_act_known
    check (act in ('approve', 'return', 'hide', 'restore', 'dismiss', 'mask', 'unmask', 'uphold'));

create or replace function log_entry(d decisions) returns text language sql stable
return format(
    '{"act":%s,%s"board":%s,"id":%s,"moderator":%s,"number":%s,"post":%s,"reason":%s,"role":%s,"rule":%s,'
    '"rule_version":%s,"%s":%s,"time":%s,"version":%s}',
    to_json(d.act),
    case when d.version >= 3 then format('"appeal":%s,', coalesce(d.appeal_of::text, 'null')) else '' end,
    d.board_id, d.id,
    coalesce((select to_json(label)::text from moderator_labels where account_id = d.moderator_id), 'null'),
    d.number, d.post_id, to_json(d.reason), to_json(d.role), coalesce(d.rule_number::text, 'null'),
    coalesce(d.rule_version::text, 'null'),
    case when d.version in (2, 4) then 'seal' else 'text' end, to_json(d.text_sha256),
    to_json(to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), d.version);

create or replace function linked(d decisions, last_number bigint, last_sha256 text)
returns decisions language plpgsql as $$
declare
    seal text;
begin
    select sealed(d.text_sha256, salt) into seal from seals where post_id = d.post_id;
    if found then
        d.version = 4;
        d.text_sha256 = seal;
    end if;
    d.number = coalesce(last_number, 0) + 1;
    d.previous = coalesce(last_sha256, repeat('0', 64));
    d.entry = hex_sha256(log_entry(d));
    d.sha256 = hex_sha256(format('{"entry":"%s","previous":"%s"}', d.entry, d.previous));
    return d;
end $$;
"""


def upgrade() -> None:
    for part in (APPEALS, LOG):
        op.script(part)
