-- examples/shop as DuckDB computes it, written from the descriptions in its schema.toml.
-- Rows stand in the order in which their key first appears; column row$ is the record.
-- Statements are views, one for each model.
create or replace view customers_current as
select min(row$) over (partition by customer_id) as row$, customer_id,
       nullif(trim(name), '') as name, nullif(lower(trim(email)), '') as email,
       nullif(split_part(lower(trim(email)), '@', 2), '') as email_domain,
       upper(trim(country)) as country, birth_date, referred_by, updated_at
from customers
qualify row_number() over (partition by customer_id order by updated_at desc nulls last, row$ desc) = 1;

create or replace view order_lines_priced as
select l.row$, l.order_id, l.line_no, l.sku,
       case when p.title = '' then '(untitled)' when p.title is null then '(unknown)' else p.title end as title,
       p.category, o.ordered_at::timestamp::date as order_date,
       (o.ordered_at::timestamp::date + to_months(1))::date as return_until,
       o.customer_id, buyer.country, referrer.country as referrer_country, l.quantity, l.unit_price,
       (l.quantity * l.unit_price)::decimal(12,2) as gross,
       round(l.quantity * l.unit_price * p.tax_rate, 2)::decimal(12,2) as tax,
       l.unit_price < p.list_price as below_list,
       case when l.unit_price < 10 then 'low' when l.unit_price <= 49.99 then 'middle' else 'high' end as price_band,
       coalesce(l.quantity < 0, false) as is_return
from order_lines l
left join products p on p.sku = l.sku
left join orders o on o.order_id = l.order_id
left join customers_current buyer on buyer.customer_id = o.customer_id
left join customers_current referrer on referrer.customer_id = buyer.referred_by
where o.status is distinct from 'cancelled';

create or replace view order_summary as
with line_sums as (
  select order_id, count(*) as line_count, count(distinct sku) as skus,
         sum(quantity) filter (where quantity > 0) as items, avg(quantity) as average_quantity,
         sum(quantity * unit_price) as goods,
         (list(sku order by unit_price desc, row$ desc))[1] as dearest_sku,
         (list(sku order by unit_price, row$ desc))[1] as cheapest_sku,
         bool_or(gift) as any_gift, bool_and(gift) as all_gifts
  from order_lines group by order_id
),
payment_sums as (
  select order_id, sum(amount) filter (where not refund and paid_at is not null) as paid,
         sum(amount) filter (where refund) as refunded,
         (list(method order by paid_at desc, row$ desc) filter (where paid_at is not null))[1] as last_method,
         min(paid_at) as first_paid_at
  from payments group by order_id
)
select o.row$, o.order_id, o.customer_id, o.customer_id is null as is_guest, o.ordered_at,
       o.ordered_at::timestamp as ordered_local, extract(hour from o.ordered_at::timestamp) as ordered_hour,
       extract(isodow from o.ordered_at::timestamp) as weekday,
       date_trunc('month', o.ordered_at::timestamp)::timestamp::timestamptz as month_start, o.status,
       nullif(upper(trim(o.coupon)), '') as coupon,
       coalesce(l.line_count, 0) as line_count, coalesce(l.skus, 0) as skus, l.items, l.average_quantity,
       l.dearest_sku, l.cheapest_sku, l.any_gift, l.all_gifts,
       coalesce(l.goods, 0) + coalesce(o.shipping, 0) - coalesce(o.discount, 0) as total,
       coalesce(p.paid, 0) as paid, coalesce(p.refunded, 0) as refunded,
       case when p.paid is null then 'unpaid' when p.paid < total then 'part paid'
            when p.refunded >= p.paid then 'refunded' else 'paid' end as payment_state,
       p.last_method, p.first_paid_at, o.ship_date - o.ordered_at::timestamp::date as days_to_ship,
       extract(year from age(o.ordered_at::timestamp::date, c.birth_date)) as customer_age
from orders o
left join line_sums l on l.order_id = o.order_id
left join payment_sums p on p.order_id = o.order_id
left join customers_current c on c.customer_id = o.customer_id
where o.status <> 'test';

create or replace view category_months as
select min(row$) as row$, date_trunc('month', order_date)::date as order_month, category,
       count(distinct order_id) as orders, count(distinct customer_id) as customers, count(*) as lines,
       coalesce(sum(quantity), 0) as items, sum(gross) as turnover,
       sum(gross) filter (where country <> 'DE') as foreign_turnover,
       sum(tax) as tax, avg(unit_price) as average_price, max(gross) as largest_line,
       (list(sku order by gross desc, row$ desc) filter (where gross is not null))[1] as best_seller,
       bool_or(below_list) as any_below_list
from order_lines_priced where not is_return
group by date_trunc('month', order_date)::date, category;

create or replace view customer_value as
with bought as (
  select customer_id, count(*) as orders, count(*) filter (where status = 'delivered') as delivered,
         sum(total) filter (where status <> 'cancelled') as spent, bool_or(coupon is not null) as used_coupon,
         max(ordered_at) as last_ordered_at
  from order_summary group by customer_id
),
brought as (
  select referred_by, count(*) as referrals from customers_current group by referred_by
),
run as (select timestamptz '2024-05-01 00:00:00+00'::timestamp as as_of)
select c.row$, c.customer_id, concat(c.name, ' (', c.country, ')') as label, md5(c.email) as email_hash, c.email_domain,
       extract(year from age(as_of::date, c.birth_date)) as age,
       coalesce(b.orders, 0) as orders, coalesce(b.delivered, 0) as delivered, coalesce(b.spent, 0) as spent,
       b.used_coupon is true as used_coupon, b.last_ordered_at,
       coalesce(b.last_ordered_at >= (as_of - to_days(60))::timestamptz, false) as is_recent,
       (b.last_ordered_at::timestamp + to_months(1))::timestamptz as remind_at,
       coalesce(r.referrals, 0) as referrals,
       case when b.spent >= 200 or r.referrals >= 2 then 'gold' when b.spent > 0 then 'silver' else 'new' end as segment
from customers_current c
cross join run
left join bought b on b.customer_id = c.customer_id
left join brought r on r.referred_by = c.customer_id;
