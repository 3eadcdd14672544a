-- Deciding and telling: definitions in force, the append-only ledger, decisions, flair, outbox. Instants are epoch milliseconds UTC.

-- grain: the one row of this store; counters move inside the transaction that uses them, so that their order is commit order
create table store (
    one bigint primary key check (one = 1),
    id text not null,
    epoch bigint not null,
    commit_no bigint not null,
    ledger_seq bigint not null,
    message_id bigint not null,
    archived_commit bigint not null
);

insert into store (one, id, epoch, commit_no, ledger_seq, message_id, archived_commit)
values (1, replace(gen_random_uuid()::text, '-', ''), 1, 0, 0, 0, 0);

-- grain: one stretch of commits between two restores
create table epochs (
    epoch bigint primary key,
    first_commit bigint not null
);

insert into epochs (epoch, first_commit) values (1, 1);

-- grain: one version of a definition
create table definitions (
    kind text not null,
    definition_id text not null,
    rule_hash text not null,
    valid_from bigint not null,
    valid_to bigint,
    content text not null check (content::json is not null),
    recorded_at bigint not null,
    commit_no bigint not null,
    primary key (kind, definition_id, rule_hash, valid_from)
);

create index definitions_by_commit on definitions (commit_no);

-- grain: one entry of one award, points or money key; never changed, never deleted
create table ledger (
    seq bigint primary key,
    award_key text not null check (length(award_key) = 64),
    entry_no bigint not null check (entry_no >= 1),
    kind text not null,
    action text not null,
    subject_id text not null,
    definition_id text not null,
    period_id text not null,
    rule_hash text not null,
    tier text,
    amount bigint not null,
    unit text not null,
    commit_state text not null,
    occurred_at bigint not null,
    reason text not null,
    evidence text not null check (evidence::json is not null),
    posted_at bigint not null,
    run_id text not null,
    commit_no bigint not null,
    unique (award_key, entry_no)
);

create index ledger_by_definition on ledger (definition_id, award_key, entry_no);

create index ledger_by_subject on ledger (subject_id, seq);

create index ledger_by_commit on ledger (commit_no);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only' using errcode = 'integrity_constraint_violation';
end;
$$;

create trigger ledger_is_never_changed before update or delete on ledger for each row execute function refuse_change();

create trigger ledger_is_never_emptied before truncate on ledger for each statement execute function refuse_change();

create function refuse_gap() returns trigger language plpgsql as $$
begin
    if new.entry_no > 1 and not exists (
        select 1 from ledger where award_key = new.award_key and entry_no = new.entry_no - 1
    ) then
        raise exception 'an entry number of the ledger was left out' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end;
$$;

create trigger ledger_has_no_gaps before insert on ledger for each row execute function refuse_gap();

-- grain: one ledger entry; hash = sha256 over the hash before it and the entry, so that a changed or missing row shows
create table ledger_chain (
    seq bigint primary key,
    hash text not null check (length(hash) = 64)
);

create trigger ledger_chain_is_never_changed before update or delete on ledger_chain
for each row execute function refuse_change();

-- grain: one definition; what it was decided on last
create table decision_snapshots (
    definition_id text primary key,
    snapshot text not null check (snapshot::json is not null),
    run_id text not null,
    decided_at bigint not null
);

-- grain: one subject under one definition and period; the latest decision, `since` when its verdict began
create table decisions (
    definition_id text not null,
    subject_id text collate "C" not null,
    period_id text collate "C" not null,
    rule_hash text not null,
    verdict text not null,
    commit_state text not null,
    decided_as_of bigint not null,
    since bigint not null,
    evidence text not null,
    primary key (definition_id, subject_id, period_id)
);

-- grain: one verdict that another one replaced, with the last evidence it had
create table decision_history (
    definition_id text not null,
    subject_id text not null,
    period_id text not null,
    rule_hash text not null,
    verdict text not null,
    commit_state text not null,
    decided_as_of bigint not null,
    since bigint not null,
    evidence text not null,
    replaced_as_of bigint not null
);

create index decision_history_by_subject on decision_history (subject_id, definition_id, decided_as_of);

create function keep_replaced_decision() returns trigger language plpgsql as $$
begin
    insert into decision_history (
        definition_id, subject_id, period_id, rule_hash, verdict, commit_state, decided_as_of, since, evidence, replaced_as_of
    )
    values (
        old.definition_id, old.subject_id, old.period_id, old.rule_hash, old.verdict, old.commit_state, old.decided_as_of, old.since,
        old.evidence, new.decided_as_of
    );
    return null;
end;
$$;

create trigger decisions_keep_what_they_replace after update on decisions
for each row when (old.verdict <> new.verdict) execute function keep_replaced_decision();

-- grain: one right to show a flair
create table entitlements (
    entitlement_id text primary key,
    agent_id text not null,
    priority_class bigint not null,
    tier_rank bigint not null,
    earned_at bigint not null,
    valid_from bigint not null,
    valid_to bigint,
    flair text not null check (flair::json is not null),
    revoked_at bigint,
    commit_no bigint not null
);

create index entitlements_by_agent on entitlements (agent_id);

create index entitlements_by_commit on entitlements (commit_no);

-- grain: one agent at one host
create table flair_versions (
    host text not null,
    agent_id text not null,
    epoch bigint not null,
    version bigint not null,
    wanted text check (wanted is null or wanted::json is not null),
    delivered_version bigint,
    delivered_at bigint,
    primary key (host, agent_id)
);

-- grain: one message to one host; `fence` grows with every claim
create table outbox (
    id bigint primary key,
    idempotency_key text not null unique,
    host text not null,
    kind text not null,
    subject_id text not null,
    priority bigint not null,
    not_before bigint,
    version bigint,
    payload text not null check (payload::json is not null),
    state text not null,
    attempts bigint not null,
    enqueued_at bigint not null,
    next_attempt_at bigint not null,
    settled_at bigint,
    last_answer text,
    fence bigint not null,
    claimed_by text,
    claimed_until bigint,
    commit_no bigint not null
);

create index outbox_open on outbox (host, priority desc, id) where state in ('pending', 'in_flight');

create index outbox_by_subject on outbox (host, subject_id, id) where state in ('pending', 'in_flight', 'held');

create index outbox_by_state on outbox (state, host, id);

create index outbox_by_commit on outbox (commit_no);
