-- What schema.toml says of mart_users_marketing, for DuckDB. Of several ways that were tried these are the fastest:
-- repeated accounts by row_number over the few ids that repeat, not by arg_max of a struct or a window over all;
-- booleans by a cast, not by a list of spellings; no order kept; Parquet without compression.
--
-- DuckDB has the easier task: where two records of a user are equal in what decides, Martlet takes the later one in
-- the file; here any is taken. The generated tables have no such records that differ.

-- stage: setup
set threads = $threads;
set preserve_insertion_order = false;
set TimeZone = 'UTC';
set temp_directory = '$out/duckdb';

-- stage: accounts
create temp table account as
select user_id, email, created_timestamp, last_updated, trim(internal_user)::boolean as internal_user
from read_csv('$seeds/user_account.csv', header = true, columns = {
  'user_id': 'BIGINT', 'email': 'VARCHAR', 'created_timestamp': 'TIMESTAMP', 'last_updated': 'TIMESTAMP', 'internal_user': 'VARCHAR'});

-- stage: mart
create table mart as
with repeated as (
  select user_id from account group by user_id having count(*) > 1
), canonical as (
  select * from account anti join repeated using (user_id) where not internal_user
  union all
  select * exclude (latest)
  from (select *, row_number() over (partition by user_id order by last_updated desc, created_timestamp desc) = 1 as latest
        from account semi join repeated using (user_id))
  where latest and not internal_user
), attributes as (
  select distinct on (user_id)
    user_id, nullif(upper(trim(gender)), '') as gender, nullif(upper(trim(country)), '') as country_code, date_of_birth
  from read_csv('$seeds/user_account_attributes.csv', header = true, columns = {
    'user_id': 'BIGINT', 'gender': 'VARCHAR', 'country': 'VARCHAR', 'date_of_birth': 'DATE'})
), closures as (
  select user_id, max(closed_timestamp) as account_closed_at
  from read_csv('$seeds/user_account_closures.csv', header = true, columns = {'user_id': 'BIGINT', 'closed_timestamp': 'TIMESTAMP'})
  group by user_id
), reactivations as (
  select user_id, max(reopened_timestamp) as account_reopened_at
  from read_csv('$seeds/user_account_reactivations.csv', header = true, columns = {'user_id': 'BIGINT', 'reopened_timestamp': 'TIMESTAMP'})
  group by user_id
), preferences as (
  select user_id, max(chosen) filter (where opt_in) as user_opt_in_at, max(chosen) filter (where not opt_in) as user_opt_out_at
  from (select user_id, trim(marketing_opt_in)::boolean as opt_in, "timestamp" as chosen
        from read_csv('$seeds/user_marketing_preferences.csv', header = true, columns = {
          'user_id': 'BIGINT', 'marketing_opt_in': 'VARCHAR', 'timestamp': 'TIMESTAMP'}))
  group by user_id
), country as (
  from read_csv('$seeds/country.csv', header = true, columns = {'country_code': 'VARCHAR', 'country_name': 'VARCHAR'})
)
select
  user_id,
  nullif(lower(trim(email)), '') as email,
  gender,
  date_of_birth,
  country_code,
  created_timestamp as created_at,
  last_updated as last_updated_time,
  account_closed_at,
  account_reopened_at,
  user_opt_in_at is not null and (user_opt_out_at is null or user_opt_in_at > user_opt_out_at) as user_opt_in_marketing,
  user_opt_in_at,
  account_closed_at is not null and (account_reopened_at is null or account_closed_at >= account_reopened_at) as is_closed,
  account_reopened_at is not null as is_reopened,
  greatest(created_timestamp, last_updated, account_closed_at, account_reopened_at, user_opt_in_at, user_opt_out_at) as last_seen_ts,
  case when last_seen_ts >= timestamp '$asof' - interval '30 days' then '0-30 days'
       when last_seen_ts >= timestamp '$asof' - interval '60 days' then '31-60 days'
       when last_seen_ts >= timestamp '$asof' - interval '90 days' then '61-90 days'
       else 'over 90 days' end as recency_segmentation,
  country_name,
  timestamptz '$asof 00:00:00+00' as mart_built_at
from canonical
left join attributes using (user_id)
left join closures using (user_id)
left join reactivations using (user_id)
left join preferences using (user_id)
left join country using (country_code);

-- stage: CSV
copy mart to '$out/mart.csv' (header);

-- stage: Parquet
copy mart to '$out/mart.parquet' (compression uncompressed);
