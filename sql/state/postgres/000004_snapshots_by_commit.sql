-- Which commit a snapshot was written by, so that it goes into the archive with that commit's entries.
alter table decision_snapshots add column commit_no bigint not null default 0;

create index decision_snapshots_by_commit on decision_snapshots (commit_no);
