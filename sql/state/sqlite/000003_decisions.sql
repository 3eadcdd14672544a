-- Deciding and telling: definitions in force, the append-only ledger, decisions, flair, outbox. Instants are epoch milliseconds UTC.

-- grain: the one row of this store; counters move inside the transaction that uses them, so that their order is commit order
create table store (
    one integer primary key check (one = 1),
    id text not null,
    epoch integer not null,
    commit_no integer not null,
    ledger_seq integer not null,
    message_id integer not null,
    archived_commit integer not null
) strict;

insert into store (one, id, epoch, commit_no, ledger_seq, message_id, archived_commit)
values (1, lower(hex(randomblob(16))), 1, 0, 0, 0, 0);

-- grain: one stretch of commits between two restores
create table epochs (
    epoch integer primary key,
    first_commit integer not null
) strict;

insert into epochs (epoch, first_commit) values (1, 1);

-- grain: one version of a definition
create table definitions (
    kind text not null,
    definition_id text not null,
    rule_hash text not null,
    valid_from integer not null,
    valid_to integer,
    content text not null check (json_valid(content)),
    recorded_at integer not null,
    commit_no integer not null,
    primary key (kind, definition_id, rule_hash, valid_from)
) strict;

create index definitions_by_commit on definitions (commit_no);

-- grain: one entry of one award, points or money key; never changed, never deleted
create table ledger (
    seq integer primary key,
    award_key text not null check (length(award_key) = 64),
    entry_no integer not null check (entry_no >= 1),
    kind text not null,
    action text not null,
    subject_id text not null,
    definition_id text not null,
    period_id text not null,
    rule_hash text not null,
    tier text,
    amount integer not null,
    unit text not null,
    commit_state text not null,
    occurred_at integer not null,
    reason text not null,
    evidence text not null check (json_valid(evidence)),
    posted_at integer not null,
    run_id text not null,
    commit_no integer not null,
    unique (award_key, entry_no)
) strict;

create index ledger_by_definition on ledger (definition_id, award_key, entry_no);

create index ledger_by_subject on ledger (subject_id, seq);

create index ledger_by_commit on ledger (commit_no);

create trigger ledger_is_never_changed before update on ledger
begin
    select raise(abort, 'the ledger is append-only');
end;

create trigger ledger_is_never_deleted before delete on ledger
begin
    select raise(abort, 'the ledger is append-only');
end;

create trigger ledger_has_no_gaps before insert on ledger
when new.entry_no > 1
    and not exists (select 1 from ledger where award_key = new.award_key and entry_no = new.entry_no - 1)
begin
    select raise(abort, 'an entry number of the ledger was left out');
end;

-- grain: one ledger entry; hash = sha256 over the hash before it and the entry, so that a changed or missing row shows
create table ledger_chain (
    seq integer primary key,
    hash text not null check (length(hash) = 64)
) strict;

create trigger ledger_chain_is_never_changed before update on ledger_chain
begin
    select raise(abort, 'the ledger is append-only');
end;

create trigger ledger_chain_is_never_deleted before delete on ledger_chain
begin
    select raise(abort, 'the ledger is append-only');
end;

-- grain: one definition; what it was decided on last
create table decision_snapshots (
    definition_id text primary key,
    snapshot text not null check (json_valid(snapshot)),
    run_id text not null,
    decided_at integer not null
) strict;

-- grain: one subject under one definition and period; the latest decision, `since` when its verdict began
create table decisions (
    definition_id text not null,
    subject_id text not null,
    period_id text not null,
    rule_hash text not null,
    verdict text not null,
    commit_state text not null,
    decided_as_of integer not null,
    since integer not null,
    evidence text not null,
    primary key (definition_id, subject_id, period_id)
) strict;

-- grain: one verdict that another one replaced, with the last evidence it had
create table decision_history (
    definition_id text not null,
    subject_id text not null,
    period_id text not null,
    rule_hash text not null,
    verdict text not null,
    commit_state text not null,
    decided_as_of integer not null,
    since integer not null,
    evidence text not null,
    replaced_as_of integer not null
) strict;

create index decision_history_by_subject on decision_history (subject_id, definition_id, decided_as_of);

create trigger decisions_keep_what_they_replace after update on decisions
when old.verdict <> new.verdict
begin
    insert into decision_history (
        definition_id, subject_id, period_id, rule_hash, verdict, commit_state, decided_as_of, since, evidence, replaced_as_of
    )
    values (
        old.definition_id, old.subject_id, old.period_id, old.rule_hash, old.verdict, old.commit_state, old.decided_as_of, old.since,
        old.evidence, new.decided_as_of
    );
end;

-- grain: one right to show a flair
create table entitlements (
    entitlement_id text primary key,
    agent_id text not null,
    priority_class integer not null,
    tier_rank integer not null,
    earned_at integer not null,
    valid_from integer not null,
    valid_to integer,
    flair text not null check (json_valid(flair)),
    revoked_at integer,
    commit_no integer not null
) strict;

create index entitlements_by_agent on entitlements (agent_id);

create index entitlements_by_commit on entitlements (commit_no);

-- grain: one agent at one host
create table flair_versions (
    host text not null,
    agent_id text not null,
    epoch integer not null,
    version integer not null,
    wanted text check (wanted is null or json_valid(wanted)),
    delivered_version integer,
    delivered_at integer,
    primary key (host, agent_id)
) strict;

-- grain: one message to one host; `fence` grows with every claim
create table outbox (
    id integer primary key,
    idempotency_key text not null unique,
    host text not null,
    kind text not null,
    subject_id text not null,
    priority integer not null,
    not_before integer,
    version integer,
    payload text not null check (json_valid(payload)),
    state text not null,
    attempts integer not null,
    enqueued_at integer not null,
    next_attempt_at integer not null,
    settled_at integer,
    last_answer text,
    fence integer not null,
    claimed_by text,
    claimed_until integer,
    commit_no integer not null
) strict;

create index outbox_open on outbox (host, priority desc, id) where state in ('pending', 'in_flight');

create index outbox_by_subject on outbox (host, subject_id, id) where state in ('pending', 'in_flight', 'held');

create index outbox_by_state on outbox (state, host, id);

create index outbox_by_commit on outbox (commit_no);
