-- The models of clearscore_ae as views of DuckDB, from schema.toml by `go run ./gen sql`.
--
-- Each source is a table of typed columns in which row$ is the number of the record, all files of the source
-- counted on. To read a model in its order: select * exclude (row$) from MODEL order by row$.

set timezone = 'UTC';

-- now(): a run's as-of time. To look at another one, make this macro again.
create or replace macro as_of() as now();

-- PostgreSQL and Unicode's mapping of single characters leave ß; DuckDB makes it ẞ.
create or replace macro pg_upper(s) as replace(upper(replace(s, 'ß', chr(57344))), chr(57344), 'ß');

-- One record per user, added when an account is created. A user may stand here more than once after a change.
create table if not exists user_account (
  row$ bigint not null,
  user_id bigint, -- Identifier of the user.
  email varchar, -- Email address as typed.
  created_timestamp timestamp, -- When the account was created.
  last_updated timestamp, -- Last change to the account.
  internal_user boolean -- True for test and staff accounts.
);

-- One record each time an account is closed; none for accounts never closed.
create table if not exists user_account_closures (
  row$ bigint not null,
  user_id bigint, -- The user whose account was closed.
  closed_timestamp timestamp -- When the account was closed.
);

-- One record each time a closed account is reopened; none for accounts never reopened.
create table if not exists user_account_reactivations (
  row$ bigint not null,
  user_id bigint, -- The user whose account was reopened.
  reopened_timestamp timestamp -- When the account was reopened.
);

-- One record each time a user opts in to or out of marketing; none for users who never said.
create table if not exists user_marketing_preferences (
  row$ bigint not null,
  user_id bigint, -- The user who chose.
  marketing_opt_in boolean, -- True where the user opted in, false where the user opted out.
  "timestamp" timestamp -- When the user chose.
);

-- What a user told of themselves, one record per user; none for users who told nothing.
create table if not exists user_account_attributes (
  row$ bigint not null,
  user_id bigint, -- The user described.
  gender varchar, -- Gender as typed: M or F.
  country varchar, -- Country as typed: an ISO 3166-1 alpha-2 code.
  date_of_birth date -- Date of birth.
);

-- Countries by ISO 3166-1 alpha-2 code. Kept by hand as a CSV file; NA is Namibia.
create table if not exists country (
  row$ bigint not null,
  country_code varchar, -- ISO 3166-1 alpha-2 code.
  country_name varchar -- English short name.
);

-- Accounts with standard names and spellings. Still holds repeated and internal users.
create or replace view stg_sample_db__user_acc as
select
  row$,
  user_id, -- Identifier of the user.
  nullif(lower(trim(email)), '') as email, -- Email address, trimmed and in lower case; null where empty.
  created_timestamp as created_at, -- When the account was created.
  last_updated as last_updated_time, -- Last change to the account.
  internal_user as is_internal_user -- True for test and staff accounts.
from user_account;

-- User attributes with standard names and spellings, one row per user: where the source repeats a user, its
-- later record counts.
create or replace view stg_sample_db__user_acc_attributes as
with deduplicated as (
  select * replace (min(user_account_attributes.row$) over (partition by user_id) as row$)
  from user_account_attributes
  qualify row_number() over (
    partition by user_id
    order by user_account_attributes.row$ desc
  ) = 1
)
select
  row$,
  user_id, -- Identifier of the user.
  nullif(pg_upper(trim(gender)), '') as gender, -- Gender, trimmed and in upper case; null where empty.
  -- ISO 3166-1 alpha-2 code of the user's country, trimmed and in upper case; null where empty.
  nullif(pg_upper(trim(country)), '') as country_code,
  date_of_birth -- Date of birth.
from deduplicated;

-- Account closures with standard names.
create or replace view stg_sample_db__user_acc_closures as
select
  row$,
  user_id, -- Identifier of the user.
  closed_timestamp as account_closed_at -- When the account was closed.
from user_account_closures;

-- Account reactivations with standard names.
create or replace view stg_sample_db__user_acc_reactivations as
select
  row$,
  user_id, -- Identifier of the user.
  reopened_timestamp as account_reopened_at -- When the account was reopened.
from user_account_reactivations;

-- Marketing preferences with standard names.
create or replace view stg_sample_db__user_mrktng_preferences as
select
  row$,
  user_id, -- Identifier of the user.
  marketing_opt_in, -- True where the user opted in, false where the user opted out.
  "timestamp" as preference_at -- When the user chose.
from user_marketing_preferences;

-- One canonical row per external user, with what the other tables know of the account.
create or replace view int_users_acc__core as
with deduplicated as (
  select * replace (min(stg_sample_db__user_acc.row$) over (partition by user_id) as row$)
  from stg_sample_db__user_acc
  qualify row_number() over (
    partition by user_id
    order by last_updated_time desc nulls last, created_at desc nulls last, stg_sample_db__user_acc.row$ desc
  ) = 1
),
stg_sample_db__user_acc_closures_by_user_id as (
  select
    user_id,
    max(account_closed_at) as account_closed_at
  from stg_sample_db__user_acc_closures
  group by user_id
),
stg_sample_db__user_acc_reactivations_by_user_id as (
  select
    user_id,
    max(account_reopened_at) as account_reopened_at
  from stg_sample_db__user_acc_reactivations
  group by user_id
),
stg_sample_db__user_mrktng_preferences_by_user_id as (
  select
    user_id,
    max(preference_at) filter (where marketing_opt_in) as user_opt_in_at,
    max(preference_at) filter (where not marketing_opt_in) as user_opt_out_at,
    max(preference_at) as last_preference_at
  from stg_sample_db__user_mrktng_preferences
  group by user_id
)
select
  deduplicated.row$,
  deduplicated.user_id, -- Identifier of the user.
  deduplicated.email, -- Email address, trimmed and in lower case; null where empty.
  deduplicated.created_at, -- When the account was created.
  deduplicated.last_updated_time, -- Last change to the account.
  attributes.gender, -- Gender; null where not told.
  attributes.country_code, -- ISO 3166-1 alpha-2 code of the user's country; null where not told.
  attributes.date_of_birth, -- Date of birth; null where not told.
  closures.account_closed_at, -- When the account was last closed; null where it never was.
  reactivations.account_reopened_at, -- When the account was last reopened; null where it never was.
  preferences.user_opt_in_at, -- When the user last opted in to marketing; null where the user never did.
  preferences.user_opt_out_at, -- When the user last opted out of marketing; null where the user never did.
  preferences.last_preference_at, -- When the user last chose, either way; null where the user never did.
  -- Whether the user may be sent marketing. The latest word counts; on a tie, and when nothing is known,
  -- opted out.
  preferences.user_opt_in_at is not null
    and (preferences.user_opt_out_at is null or preferences.user_opt_in_at > preferences.user_opt_out_at) as user_opt_in_marketing,
  -- The latest of everything known to have happened to the account.
  greatest(deduplicated.created_at, deduplicated.last_updated_time, closures.account_closed_at, reactivations.account_reopened_at, preferences.last_preference_at) as last_seen_ts
from deduplicated
left join stg_sample_db__user_acc_attributes as attributes on attributes.user_id = deduplicated.user_id
left join stg_sample_db__user_acc_closures_by_user_id as closures on closures.user_id = deduplicated.user_id
left join stg_sample_db__user_acc_reactivations_by_user_id as reactivations on reactivations.user_id = deduplicated.user_id
left join stg_sample_db__user_mrktng_preferences_by_user_id as preferences on preferences.user_id = deduplicated.user_id
where not deduplicated.is_internal_user;

-- External users with account status and marketing consent, for campaign targeting. One row per user.
create or replace view mart_users_marketing as
select
  int_users_acc__core.row$,
  int_users_acc__core.user_id, -- Unique identifier for each user.
  int_users_acc__core.email, -- Email address, trimmed and in lower case; null where none is known.
  int_users_acc__core.gender, -- Gender, M or F; null where not told.
  int_users_acc__core.date_of_birth, -- Date of birth; null where not told.
  int_users_acc__core.country_code, -- ISO 3166-1 alpha-2 code of the user's country; null where not told.
  int_users_acc__core.created_at, -- When the account was created.
  int_users_acc__core.last_updated_time, -- Last change to the account.
  int_users_acc__core.account_closed_at, -- When the account was last closed; null where it never was.
  int_users_acc__core.account_reopened_at, -- When the account was last reopened; null where it never was.
  -- Whether the user may be sent marketing: the latest preference, and false where there is none.
  int_users_acc__core.user_opt_in_marketing,
  -- When the user last opted in to marketing, even where the user opted out later; null where the user never
  -- did.
  int_users_acc__core.user_opt_in_at,
  -- Whether the account is closed now: closed, and not reopened since.
  int_users_acc__core.account_closed_at is not null
    and (int_users_acc__core.account_reopened_at is null or int_users_acc__core.account_closed_at >= int_users_acc__core.account_reopened_at) as is_closed,
  -- Whether the account was reopened at least once.
  int_users_acc__core.account_reopened_at is not null as is_reopened,
  int_users_acc__core.last_seen_ts, -- The latest of everything known to have happened to the account.
  -- How long before the run's as-of time the user was last seen.
  case
    when int_users_acc__core.last_seen_ts::timestamptz >= as_of() - interval '30 days' then '0-30 days'
    when int_users_acc__core.last_seen_ts::timestamptz >= as_of() - interval '60 days' then '31-60 days'
    when int_users_acc__core.last_seen_ts::timestamptz >= as_of() - interval '90 days' then '61-90 days'
    else 'over 90 days'
  end as recency_segmentation,
  country.country_name, -- English short name of the user's country; null where the country is not told.
  as_of() as mart_built_at -- The run's as-of time.
from int_users_acc__core
left join country on country.country_code = int_users_acc__core.country_code;

-- The values of email in mart_users_marketing, and whether each is in campaign_audience.
create or replace view campaign_audience__keys as
select
  min(row$) as row$,
  email as audience_key, -- Email address, trimmed and in lower case; null where none is known.
  -- Whether the filter of campaign_audience is true of every row with the key.
  bool_and((user_opt_in_marketing and not is_closed) is true) as in_audience,
  -- SHA-256 of the email address, trimmed and in lower case, as 64 lower-case hexadecimal digits.
  sha256(email) as email_sha256
from mart_users_marketing
where email is not null
group by email;

-- Emails that campaigns may target, as ad platforms take them: every external account with the email is open
-- and opted in.
create or replace view campaign_audience as
select
  row$,
  -- SHA-256 of the email address, trimmed and in lower case, as 64 lower-case hexadecimal digits.
  email_sha256
from campaign_audience__keys
where in_audience;
