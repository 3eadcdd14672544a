-- Which commit wrote a decision last, so that its export goes on where the last one ended.
alter table decisions add column commit_no bigint not null default 0;
