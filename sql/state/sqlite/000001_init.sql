-- The operational store: runs of commands and leases. Forward only, never edited after release.

-- grain: one migration that ran
create table schema_version (
    version integer primary key,
    name text not null,
    sha256 text not null,
    applied_at integer not null
) strict;

-- grain: one run of a command that does work; instants are epoch milliseconds UTC
create table runs (
    id text primary key,
    command text not null,
    argv text not null check (json_valid(argv)),
    started_at integer not null,
    ended_at integer,
    status text not null,
    exit_code integer,
    totals text check (totals is null or json_valid(totals)),
    error text check (error is null or json_valid(error)),
    host text not null,
    pid integer not null,
    check ((status = 'running') = (ended_at is null))
) strict;

create index runs_by_start on runs (started_at desc, id desc);

-- grain: one name that can be held; a released lease keeps its row, so that its fence never falls
create table leases (
    name text primary key,
    holder text,
    fence integer not null,
    expires_at integer not null,
    heartbeat_at integer not null
) strict;
