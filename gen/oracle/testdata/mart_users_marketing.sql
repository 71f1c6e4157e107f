-- The mart of the sample as DuckDB computes it, written from what its rows must mean:
-- one row for each user whose latest account row is external, in the order in which users
-- first appear. Column row$ of each table is the record.
with accounts as (
  select *, min(row$) over (partition by user_id) as place,
         row_number() over (partition by user_id order by last_updated desc, created_timestamp desc, row$ desc) as rank
  from user_account
),
latest as (
  select * from accounts where rank = 1 and not internal_user
),
attributes as (
  select user_id, gender, country, date_of_birth,
         row_number() over (partition by user_id order by row$ desc) as rank
  from user_account_attributes
),
closures as (
  select user_id, max(closed_timestamp) as closed from user_account_closures group by user_id
),
reactivations as (
  select user_id, max(reopened_timestamp) as reopened from user_account_reactivations group by user_id
),
-- At the same instant the opt-out is the last word.
preferences as (
  select user_id, marketing_opt_in,
         row_number() over (partition by user_id order by "timestamp" desc, marketing_opt_in) as rank
  from user_marketing_preferences
),
opt_ins as (
  select user_id, max("timestamp") filter (where marketing_opt_in) as opt_in, max("timestamp") as last
  from user_marketing_preferences group by user_id
),
seen as (
  select u.user_id, place, u.email, u.created_timestamp, u.last_updated, closed, reopened, opt_in,
         nullif(upper(trim(gender)), '') as gender, nullif(upper(trim(country)), '') as country_code, date_of_birth,
         list_max([u.created_timestamp, u.last_updated, closed, reopened, last]) as last_seen,
         coalesce(p.marketing_opt_in, false) as opted_in,
         timestamp '2022-04-09 00:00:00' as as_of
  from latest u
  left join attributes a on a.user_id = u.user_id and a.rank = 1
  left join closures c on c.user_id = u.user_id
  left join reactivations r on r.user_id = u.user_id
  left join preferences p on p.user_id = u.user_id and p.rank = 1
  left join opt_ins o on o.user_id = u.user_id
)
select user_id, nullif(lower(trim(email)), '') as email, gender, date_of_birth, s.country_code,
       created_timestamp as created_at, last_updated as last_updated_time,
       closed as account_closed_at, reopened as account_reopened_at,
       opted_in as user_opt_in_marketing, opt_in as user_opt_in_at,
       closed is not null and not coalesce(reopened > closed, false) as is_closed,
       reopened is not null as is_reopened, last_seen as last_seen_ts,
       case when last_seen >= as_of - to_days(30) then '0-30 days' when last_seen >= as_of - to_days(60) then '31-60 days'
            when last_seen >= as_of - to_days(90) then '61-90 days' else 'over 90 days' end as recency_segmentation,
       k.country_name, as_of as mart_built_at
from seen s
left join country k on k.country_code = s.country_code
order by place;
