-- Dead letters belong to a consumer group, whose name may be longer than that of a subscription.
alter table redriven rename column subscription to consumer_group;
alter table redriven alter column consumer_group set data type varchar(100);
