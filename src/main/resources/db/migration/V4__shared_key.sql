-- Keys that all replicas share, by their purpose. Encrypted if the gateway has a key for that (key_id), else as they are.
create table shared_key (
    purpose varchar(32) primary key,
    key_id varchar(32),
    secret varchar(1000) not null
);
