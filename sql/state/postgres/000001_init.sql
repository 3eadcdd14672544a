-- The operational store: runs of commands and leases. Forward only, never edited after release.

-- grain: one migration that ran
create table schema_version (
    version bigint primary key,
    name text not null,
    sha256 text not null,
    applied_at bigint not null
);

-- grain: one run of a command that does work; instants are epoch milliseconds UTC
create table runs (
    id text primary key,
    command text not null,
    argv text not null check (argv::json is not null),
    started_at bigint not null,
    ended_at bigint,
    status text not null,
    exit_code bigint,
    totals text check (totals is null or totals::json is not null),
    error text check (error is null or error::json is not null),
    host text not null,
    pid bigint not null,
    check ((status = 'running') = (ended_at is null))
);

create index runs_by_start on runs (started_at desc, id desc);

-- grain: one name that can be held; a released lease keeps its row, so that its fence never falls
create table leases (
    name text primary key,
    holder text,
    fence bigint not null,
    expires_at bigint not null,
    heartbeat_at bigint not null
);
