-- When a subscription of the configuration was known for the first time, by its consumer group.
create table first_start (
    consumer_group varchar(100) primary key,
    started_at bigint not null
);
