-- grain: one access token of one platform client, encrypted; instants are epoch milliseconds UTC
create table tokens (
    name text primary key,
    sealed text not null,
    issued_at bigint not null,
    expires_at bigint not null
);
