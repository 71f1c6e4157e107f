-- The expected outputs of examples/shop, computed by PostgreSQL 15 and written by hand from
-- the descriptions in schema.toml, not from anything that the generator makes.
--
--   createdb shop && cd examples/shop && psql -X -d shop -f expected/oracle.sql
--
-- makes expected/*.csv anew. now() is 2024-05-01T00:00:00Z, as with --as-of. What PostgreSQL
-- lacks or has otherwise is written out: arg_max is the first of array_agg, avg is cast to
-- float8, rows stand in the order in which their key first appears (column n is the record).
\set ON_ERROR_STOP on
set timezone = 'Europe/Berlin';
set client_encoding = 'UTF8';

create temp table customers (n serial, customer_id int8, name text, email text, country text, birth_date date, referred_by int8, updated_at timestamp);
create temp table products (n serial, sku text, title text, category text, list_price numeric(12,2), tax_rate numeric(5,4));
create temp table orders (n serial, order_id int8, customer_id int8, ordered_at timestamptz, status text, shipping numeric(12,2), coupon text, discount numeric(12,2), ship_date date);
create temp table order_lines (n serial, order_id int8, line_no int8, sku text, quantity int8, unit_price numeric(12,2), gift bool);
create temp table payments (n serial, order_id int8, paid_at timestamptz, method text, amount numeric(12,2), refund bool);
\copy customers (customer_id, name, email, country, birth_date, referred_by, updated_at) from seeds/customers.csv csv header
\copy products (sku, title, category, list_price, tax_rate) from seeds/products.csv csv header
\copy orders (order_id, customer_id, ordered_at, status, shipping, coupon, discount, ship_date) from seeds/orders.csv csv header
\copy order_lines (order_id, line_no, sku, quantity, unit_price, gift) from seeds/order_lines.csv csv header
\copy payments (order_id, paid_at, method, amount, refund) from seeds/payments.csv csv header

create temp table run as select timestamptz '2024-05-01 00:00:00+00' as as_of;

-- The winning row stands where its key first appears.
create temp table customers_current as
select (select min(f.n) from customers f where f.customer_id = c.customer_id) as n, customer_id,
       nullif(trim(name), '') as name, nullif(lower(trim(email)), '') as email,
       nullif(split_part(lower(trim(email)), '@', 2), '') as email_domain,
       upper(trim(country)) as country, birth_date, referred_by, updated_at
from customers c
where not exists (
  select from customers o
  where o.customer_id = c.customer_id
    and (case when o.updated_at is not distinct from c.updated_at then o.n > c.n
              else c.updated_at is null or o.updated_at > c.updated_at end));

create temp table order_lines_priced as
select l.n, l.order_id, l.line_no, l.sku,
       case when p.title = '' then '(untitled)' when p.title is null then '(unknown)' else p.title end as title,
       p.category,
       (o.ordered_at at time zone 'Europe/Berlin')::date as order_date,
       ((o.ordered_at at time zone 'Europe/Berlin')::date + interval '1 month')::date as return_until,
       o.customer_id, buyer.country, referrer.country as referrer_country, l.quantity, l.unit_price,
       (l.quantity * l.unit_price)::numeric(12,2) as gross,
       round(l.quantity * l.unit_price * p.tax_rate, 2)::numeric(12,2) as tax,
       l.unit_price < p.list_price as below_list,
       case when l.unit_price < 10 then 'low' when l.unit_price <= 49.99 then 'middle' else 'high' end as price_band,
       coalesce(l.quantity < 0, false) as is_return
from order_lines l
left join products p on p.sku = l.sku
left join orders o on o.order_id = l.order_id
left join customers_current buyer on buyer.customer_id = o.customer_id
left join customers_current referrer on referrer.customer_id = buyer.referred_by
where o.status is distinct from 'cancelled';

create temp table line_sums as
select order_id, count(*) as line_count, count(distinct sku) as skus,
       sum(quantity) filter (where quantity > 0) as items, avg(quantity)::float8 as average_quantity,
       sum(quantity * unit_price) as goods,
       (array_agg(sku order by unit_price desc, n desc))[1] as dearest_sku,
       (array_agg(sku order by unit_price, n desc))[1] as cheapest_sku,
       bool_or(gift) as any_gift, bool_and(gift) as all_gifts
from order_lines group by order_id;

create temp table payment_sums as
select order_id, sum(amount) filter (where not refund and paid_at is not null) as paid,
       sum(amount) filter (where refund) as refunded,
       (array_agg(method order by paid_at desc, n desc) filter (where paid_at is not null))[1] as last_method,
       min(paid_at) as first_paid_at
from payments group by order_id;

create temp table order_summary as
select o.n, o.order_id, o.customer_id, o.customer_id is null as is_guest, o.ordered_at,
       o.ordered_at at time zone 'Europe/Berlin' as ordered_local,
       extract(hour from o.ordered_at)::int8 as ordered_hour, extract(isodow from o.ordered_at)::int8 as weekday,
       date_trunc('month', o.ordered_at) as month_start, o.status,
       nullif(upper(trim(o.coupon)), '') as coupon,
       coalesce(l.line_count, 0) as line_count, coalesce(l.skus, 0) as skus, l.items, l.average_quantity,
       l.dearest_sku, l.cheapest_sku, l.any_gift, l.all_gifts, t.total::numeric(12,2) as total,
       coalesce(p.paid, 0)::numeric(12,2) as paid, coalesce(p.refunded, 0)::numeric(12,2) as refunded,
       case when p.paid is null then 'unpaid' when p.paid < t.total then 'part paid'
            when p.refunded >= p.paid then 'refunded' else 'paid' end as payment_state,
       p.last_method, p.first_paid_at,
       o.ship_date - (o.ordered_at at time zone 'Europe/Berlin')::date as days_to_ship,
       extract(year from age((o.ordered_at at time zone 'Europe/Berlin')::date, c.birth_date))::int8 as customer_age
from orders o
left join line_sums l using (order_id)
left join payment_sums p using (order_id)
left join customers_current c on c.customer_id = o.customer_id
cross join lateral (select coalesce(l.goods, 0) + coalesce(o.shipping, 0) - coalesce(o.discount, 0) as total) t
where o.status <> 'test';

create temp table category_months as
select min(n) as n, date_trunc('month', order_date)::date as order_month, category,
       count(distinct order_id) as orders, count(distinct customer_id) as customers, count(*) as lines,
       coalesce(sum(quantity), 0)::int8 as items, sum(gross)::numeric(12,2) as turnover,
       (sum(gross) filter (where country <> 'DE'))::numeric(12,2) as foreign_turnover,
       sum(tax)::numeric(12,2) as tax, avg(unit_price)::float8 as average_price, max(gross) as largest_line,
       (array_agg(sku order by gross desc, n desc) filter (where gross is not null))[1] as best_seller,
       bool_or(below_list) as any_below_list
from order_lines_priced where not is_return
group by date_trunc('month', order_date)::date, category;

create temp table customer_value as
select c.n, c.customer_id, concat(c.name, ' (', c.country, ')') as label, md5(c.email) as email_hash, c.email_domain,
       extract(year from age((as_of at time zone 'Europe/Berlin')::date, c.birth_date))::int8 as age,
       coalesce(b.orders, 0) as orders, coalesce(b.delivered, 0) as delivered,
       coalesce(b.spent, 0)::numeric(12,2) as spent, b.used_coupon is true as used_coupon, b.last_ordered_at,
       coalesce(b.last_ordered_at >= as_of - interval '60 days', false) as is_recent,
       b.last_ordered_at + interval '1 month' as remind_at,
       coalesce(r.referrals, 0) as referrals,
       case when b.spent >= 200 or r.referrals >= 2 then 'gold' when b.spent > 0 then 'silver' else 'new' end as segment
from customers_current c
cross join run
left join (
  select customer_id, count(*) as orders, count(*) filter (where status = 'delivered') as delivered,
         sum(total) filter (where status <> 'cancelled') as spent, bool_or(coupon is not null) as used_coupon,
         max(ordered_at) as last_ordered_at
  from order_summary where customer_id is not null group by customer_id) b using (customer_id)
left join (select referred_by, count(*) as referrals from customers_current group by referred_by) r on r.referred_by = c.customer_id;

-- Writing: times with a zone in UTC, booleans as words.
set timezone = 'UTC';
\copy (select order_id, line_no, sku, title, category, order_date, return_until, customer_id, country, referrer_country, quantity, unit_price, gross, tax, below_list::text as below_list, price_band, is_return::text as is_return from order_lines_priced order by n) to expected/order_lines_priced.csv csv header
\copy (select order_id, customer_id, is_guest::text as is_guest, ordered_at, ordered_local, ordered_hour, weekday, month_start, status, coupon, line_count, skus, items, average_quantity, dearest_sku, cheapest_sku, any_gift::text as any_gift, all_gifts::text as all_gifts, total, paid, refunded, payment_state, last_method, first_paid_at, days_to_ship, customer_age from order_summary order by n) to expected/order_summary.csv csv header
\copy (select order_month, category, orders, customers, lines, items, turnover, foreign_turnover, tax, average_price, largest_line, best_seller, any_below_list::text as any_below_list from category_months order by n) to expected/category_months.csv csv header
\copy (select customer_id, label, email_hash, email_domain, age, orders, delivered, spent, used_coupon::text as used_coupon, last_ordered_at, is_recent::text as is_recent, remind_at, referrals, segment from customer_value order by n) to expected/customer_value.csv csv header
