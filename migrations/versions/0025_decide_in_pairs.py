"""Decide in pairs: boards that ask for two people, proposals that wait for the second one, lines of the log that name both.

New lines of the log are hashed in version 5, or 6 for a post that was masked; old ones keep theirs.
"""

from alembic import op

revision = "0025"
down_revision = "0024"

BOARDS = """
create table pair_switches (
    id bigint generated always as identity primary key,
    board_id bigint not null constraint pair_switches_board references boards,
    -- Whether the board asks for two people from then on: the newest row of a board says so.
    asks boolean not null,
    reason text not null,
    switched_by bigint not null constraint pair_switches_by references accounts,
    switched_at timestamptz not null,
    sha256 text not null
);
create index pair_switches_of_board on pair_switches (board_id, id desc);
create trigger pair_switches_immutable before update or delete on pair_switches
    for each row execute function refuse_change();
create trigger pair_switches_kept before truncate on pair_switches for each statement execute function refuse_change();
"""

PROPOSALS = """
insert into acts (act, about) values ('confirm', 'request');
create table proposals (
    id bigint generated always as identity primary key,
    post_id bigint not null constraint proposals_post references posts,
    -- The words that were judged, and the post as whoever proposed has left it.
    revision_id bigint not null constraint proposals_revision references revisions,
    version bigint not null,
    act text not null constraint proposals_act references acts,
    rule_number int not null,
    rule_version int not null,
    reason text not null,
    -- Of a silence.
    days int,
    -- Of a mask: rows of revision, start and end.
    places bigint[] not null,
    proposed_by bigint not null constraint proposals_by references accounts,
    role text not null,
    proposed_at timestamptz not null,
    due_at timestamptz not null,
    -- The decision by which it took effect at once.
    enacted_by bigint constraint proposals_enacted references decisions constraint proposals_enacted_once unique,
    sha256 text not null,
    outcome text constraint proposals_outcome_known
        check (outcome in ('confirmed', 'declined', 'withdrawn', 'overtaken')),
    ended_by bigint constraint proposals_ended_by references accounts,
    answer text,
    -- The line of the log by which it ended, if anything was decided.
    decision_id bigint constraint proposals_decision references decisions,
    ended_at timestamptz,
    end_sha256 text,
    constraint proposals_rule foreign key (rule_number, rule_version) references charter_rules (number, version),
    constraint proposals_second check (outcome not in ('confirmed', 'declined') or ended_by <> proposed_by),
    constraint proposals_end check (num_nonnulls(outcome, ended_by, answer, ended_at, end_sha256) in (0, 5))
);
-- One at a time for each thing that can be decided.
create unique index proposals_open on proposals
    (post_id, (case when act in ('silence', 'suspend') then 'account' else act end)) where outcome is null;
create index proposals_of_post on proposals (post_id);
create index proposals_ended_with on proposals (decision_id);

create function end_proposal_once() returns trigger language plpgsql as $$
declare
    ends constant text[] = array['outcome', 'ended_by', 'answer', 'decision_id', 'ended_at', 'end_sha256'];
begin
    if tg_op = 'DELETE' or old.outcome is not null or to_jsonb(new) - ends <> to_jsonb(old) - ends then
        raise exception 'proposals end once, and never change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger proposals_immutable before update or delete on proposals
    for each row execute function end_proposal_once();
create trigger proposals_kept before truncate on proposals for each statement execute function refuse_change();
"""

QUEUE = """
alter table review_items drop constraint review_items_kind_known, add constraint review_items_kind_known
    check (kind in ('held', 'reported', 'proposed', 'appeal', 'request'));
alter table reminders drop constraint reminders_kind_known, add constraint reminders_kind_known
    check (kind in ('held', 'reported', 'proposed', 'appeal', 'request'));

create or replace function keep_item_of_post(which bigint) returns void language plpgsql as $$
begin
    -- Whoever reports, proposes or decides at the same moment waits here, and then sees what this transaction did.
    perform from posts where id = which for no key update;
    insert into review_items
        (kind, post_id, board_id, author_id, barred, open, opened_at, due_at, reporters, rules)
    select case when s.proposals > 0 then 'proposed' when r.reporters > 0 then 'reported' else 'held' end,
        p.id, t.board_id, p.author_id, s.barred, true, least(first.since, s.since), least(first.due_at, s.due_at),
        r.reporters, r.rules
    from posts p join topics t on t.id = p.topic_id
        cross join lateral (
            select min(created_at) as since, min(due_at) as due_at, count(*) as reporters,
                coalesce(array_agg(distinct rule_number) filter (where rule_number is not null), '{}') as rules
            from reports where post_id = p.id and settled_by is null
        ) r
        cross join lateral (
            select p.state = 'held' and p.returned_at is null as held
        ) h
        cross join lateral (
            select case when r.reporters > 0 then r.since when h.held then p.created_at end as since,
                case when r.reporters > 0 then r.due_at when h.held then p.created_at + interval '24 hours' end as due_at
        ) first
        cross join lateral (
            select min(proposed_at) as since, min(due_at) as due_at, count(*) as proposals,
                -- Nobody confirms their own.
                case when min(proposed_by) = max(proposed_by) then array[min(proposed_by)] else '{}' end as barred
            from proposals where post_id = p.id and outcome is null and p.state <> 'withdrawn'
        ) s
    where p.id = which and (r.reporters > 0 or h.held or s.proposals > 0)
    on conflict on constraint review_items_post_unique do update set
        kind = excluded.kind, board_id = excluded.board_id, author_id = excluded.author_id,
        barred = excluded.barred, open = true,
        opened_at = excluded.opened_at, due_at = excluded.due_at, reporters = excluded.reporters,
        rules = excluded.rules, version = review_items.version + 1;
    if not found then
        update review_items set open = false, barred = '{}', reporters = 0, rules = '{}', version = version + 1
        where post_id = which and open;
    end if;
end $$;
"""

LOG = """
-- Whoever had proposed what somebody else confirmed.
alter table decisions add column proposed_by bigint constraint decisions_proposed_by references accounts;
alter table decisions add constraint decisions_second check (proposed_by <> moderator_id);
alter table decisions alter column version set default 5;

create function label_of(account bigint) returns text language sql stable
return coalesce((select to_json(label)::text from moderator_labels where account_id = account), 'null');

create or replace function log_entry(d decisions) returns text language sql stable
return format(
    '{"act":%s,%s"board":%s,"id":%s,"moderator":%s,"number":%s,"post":%s,%s"reason":%s,"role":%s,"rule":%s,'
    '"rule_version":%s,"%s":%s,"time":%s,"version":%s}',
    to_json(d.act),
    case when d.version >= 3 then format('"appeal":%s,', coalesce(d.appeal_of::text, 'null')) else '' end,
    d.board_id, d.id, label_of(d.moderator_id), d.number, d.post_id,
    case when d.version >= 5 then format('"proposer":%s,', label_of(d.proposed_by)) else '' end,
    to_json(d.reason), to_json(d.role), coalesce(d.rule_number::text, 'null'), coalesce(d.rule_version::text, 'null'),
    case when d.version in (2, 4, 6) then 'seal' else 'text' end, to_json(d.text_sha256),
    to_json(to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), d.version);

create or replace function linked(d decisions, last_number bigint, last_sha256 text)
returns decisions language plpgsql as $$
declare
    seal text;
begin
    select sealed(d.text_sha256, salt) into seal from seals where post_id = d.post_id;
    if found then
        d.version = 6;
        d.text_sha256 = seal;
    end if;
    d.number = coalesce(last_number, 0) + 1;
    d.previous = coalesce(last_sha256, repeat('0', 64));
    d.entry = hex_sha256(log_entry(d));
    d.sha256 = hex_sha256(format('{"entry":"%s","previous":"%s"}', d.entry, d.previous));
    return d;
end $$;
"""

# An appeal is judged by somebody who had no part in what it contests: neither as the first nor as the second.
APPEALS = """
create function involved_in(which bigint) returns bigint[] language sql stable
return (
    select array_remove(array[d.moderator_id, d.proposed_by, f.moderator_id, f.proposed_by], null)
        || array(select ended_by from proposals where enacted_by in (d.id, f.id) and outcome = 'confirmed')
    from decisions d left join decisions f on f.id = d.appeal_of where d.id = which
);

create or replace function keep_item_of_appeal(which bigint) returns void language plpgsql as $$
begin
    insert into review_items (kind, appeal_id, board_id, author_id, barred, open, opened_at, due_at, reporters, rules)
    select 'appeal', a.id, d.board_id, p.author_id,
        involved_in(d.id) || a.appellant_id || array(select reporter_id from reports where settled_by = d.id order by id),
        true, a.filed_at, a.due_at, 0, array_remove(array[d.rule_number], null)
    from appeals a join decisions d on d.id = a.decision_id join posts p on p.id = d.post_id
    where a.id = which and not exists (select from decisions where appeal_of = a.decision_id) and case d.act
        when 'hide' then p.state = 'hidden'
        when 'mask' then p.state <> 'withdrawn'
        when 'return' then p.state = 'held' and p.returned_at is not null
        when 'dismiss' then p.state = 'visible' and p.revision_id = d.revision_id
        else not exists (
            select from sanctions s join decisions l on l.id = s.decision_id
            where s.account_id = p.author_id and s.act = 'reinstate' and l.number > d.number
                and coalesce(s.lifts, d.id) = d.id) end
        and (d.act in ('warn', 'silence', 'suspend') or not exists (
            select from decisions l where l.post_id = d.post_id and l.number > d.number
                and (select about from acts where act = l.act) = (select about from acts where act = d.act)))
    on conflict on constraint review_items_appeal_unique do update set
        barred = excluded.barred, open = true, version = review_items.version + 1;
    if not found then
        update review_items set open = false, version = version + 1 where appeal_id = which and open;
    end if;
end $$;

create function keep_items_of_proposal() returns trigger language plpgsql as $$
begin
    perform keep_item_of_post(new.post_id);
    perform keep_item_of_appeal(id) from appeals where decision_id = new.enacted_by;
    return null;
end $$;
create trigger proposals_wait_or_not after insert or update of outcome on proposals for each row
    execute function keep_items_of_proposal();
"""


def upgrade() -> None:
    for part in (BOARDS, PROPOSALS, QUEUE, LOG, APPEALS):
        op.script(part)
