-- Roles and databases of one installation. Passwords come as psql variables over stdin. Safe to repeat.
select format('create role %I login', name) from unnest(string_to_array(:'roles', ' ')) as name
where not exists (select from pg_roles where rolname = name) \gexec
select format('create database %I owner %I', name, owner)
from (values ('airflow', 'airflow'), ('gmsd', 'gmsd_owner')) as wanted (name, owner)
where not exists (select from pg_database where datname = name) \gexec
alter role airflow password :'airflow';
alter role gmsd_owner password :'gmsd_owner';
alter role gmsd_loader password :'gmsd_loader';
alter role gmsd_publisher password :'gmsd_publisher';
alter role gmsd_reader password :'gmsd_reader';
alter role gmsd_approver password :'gmsd_approver';
alter role gmsd_portal password :'gmsd_portal';
revoke all on database airflow from public;
revoke all on database gmsd from public;
grant connect on database gmsd to gmsd_loader, gmsd_publisher, gmsd_reader, gmsd_approver, gmsd_portal;
-- the loader stages rows in temporary tables
grant temporary on database gmsd to gmsd_loader, gmsd_publisher;
-- what a deletion needs to leave nothing behind: who still reads older rows, a checkpoint, the next segment of the log; every database made later too
grant pg_monitor, pg_checkpoint to gmsd_owner;
\connect template1
grant execute on function pg_switch_wal() to gmsd_owner;
\connect gmsd
grant execute on function pg_switch_wal() to gmsd_owner;
grant usage on schema public to gmsd_loader, gmsd_publisher, gmsd_reader, gmsd_approver, gmsd_portal;
