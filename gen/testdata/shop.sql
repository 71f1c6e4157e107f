-- The models of shop as views of DuckDB, from schema.toml by `go run ./gen sql`.
--
-- Each source is a table of typed columns in which row$ is the number of the record, all files of the source
-- counted on. To read a model in its order: select * exclude (row$) from MODEL order by row$.

set timezone = 'Europe/Berlin';

-- now(): a run's as-of time. To look at another one, make this macro again.
create or replace macro as_of() as now();

-- PostgreSQL and Unicode's mapping of single characters leave ß; DuckDB makes it ẞ.
create or replace macro pg_upper(s) as replace(upper(replace(s, 'ß', chr(57344))), chr(57344), 'ß');

-- One record each time a customer's details change.
create table if not exists customers (
  row$ bigint not null,
  customer_id bigint not null, -- Identifier of the customer.
  name varchar, -- Name as typed; may be empty.
  email varchar, -- Email address as typed.
  country varchar, -- ISO 3166-1 alpha-2 code as typed.
  birth_date date, -- Date of birth; null where not told.
  referred_by bigint, -- The customer who brought this one; null for none.
  updated_at timestamp -- When the details changed, in local time; null for old imports.
);

-- What the shop sells.
create table if not exists products (
  row$ bigint not null,
  sku varchar not null, -- Stock keeping unit.
  title varchar, -- Title in the catalogue; may be empty.
  category varchar, -- Category; null for what belongs to none.
  list_price decimal(12,2) not null, -- Price in euro before tax.
  tax_rate decimal(5,4) not null -- Tax as a fraction of the price.
);

-- One record per order.
create table if not exists orders (
  row$ bigint not null,
  order_id bigint not null, -- Identifier of the order.
  customer_id bigint, -- Who ordered; null for a guest.
  ordered_at timestamptz not null, -- When it was ordered.
  status varchar, -- Where the order stands; null where unknown.
  shipping decimal(12,2), -- Cost of shipping in euro; null where free.
  coupon varchar, -- Coupon as typed.
  discount decimal(12,2), -- Reduction in euro; null for none.
  ship_date date -- Day it left the shop; null where it has not.
);

-- One record per line of an order.
create table if not exists order_lines (
  row$ bigint not null,
  order_id bigint not null, -- The order.
  line_no bigint not null, -- Number of the line in its order.
  sku varchar, -- What was ordered; null for a free text line.
  quantity bigint, -- How many; negative where returned, null where unknown.
  unit_price decimal(12,2) not null, -- Price of one in euro, before tax.
  gift boolean -- Whether it is to be wrapped.
);

-- One record per payment or refund.
create table if not exists payments (
  row$ bigint not null,
  order_id bigint not null, -- The order paid.
  paid_at timestamptz, -- When; null while it is under way.
  method varchar, -- How; null where unknown.
  amount decimal(12,2) not null, -- How much, in euro.
  refund boolean not null -- True where the shop paid the customer.
);

-- Customers as last changed; at the same time, and where no time is known, the later record counts.
create or replace view customers_current as
with deduplicated as (
  select * replace (min(customers.row$) over (partition by customer_id) as row$)
  from customers
  qualify row_number() over (
    partition by customer_id
    order by updated_at desc nulls last, customers.row$ desc
  ) = 1
)
select
  row$,
  customer_id, -- Identifier of the customer.
  nullif(trim(name), '') as name, -- Name; null where empty.
  nullif(lower(trim(email)), '') as email, -- Email address in lower case; null where empty.
  -- What follows the @ of the email address.
  nullif(split_part(lower(trim(email)), '@', 2), '') as email_domain,
  pg_upper(trim(country)) as country, -- ISO 3166-1 alpha-2 code.
  birth_date, -- Date of birth; null where not told.
  referred_by, -- The customer who brought this one; null for none.
  updated_at -- When the details changed, in local time; null for old imports.
from deduplicated;

-- Lines of orders that were not cancelled, with what is known of product, order and customer.
create or replace view order_lines_priced as
select
  order_lines.row$,
  order_lines.order_id, -- The order.
  order_lines.line_no, -- Number of the line in its order.
  order_lines.sku, -- What was ordered; null for a free text line.
  -- Title, or what stands for one.
  case
    when products.title = '' then '(untitled)'
    else coalesce(products.title, '(unknown)')
  end as title,
  products.category, -- Category; null for what belongs to none.
  -- Day of the order in Berlin; null where the order is unknown.
  orders.ordered_at::timestamp::date as order_date,
  -- Last day on which the line may be returned: a month later, or that month's last day.
  (orders.ordered_at::timestamp::date + interval '1 month')::date as return_until,
  orders.customer_id, -- Who ordered; null for a guest.
  buyer.country, -- Country of the buyer.
  referrer.country as referrer_country, -- Country of the customer who brought the buyer.
  order_lines.quantity, -- How many; negative where returned, null where unknown.
  order_lines.unit_price, -- Price of one in euro, before tax.
  (order_lines.quantity * order_lines.unit_price)::decimal(12,2) as gross, -- Price of the line in euro.
  -- Tax on the line in euro, half a cent rounded away from zero.
  round(order_lines.quantity * order_lines.unit_price * products.tax_rate, 2)::decimal(12,2) as tax,
  -- Whether it was sold below the list price; null where that is unknown.
  order_lines.unit_price < products.list_price as below_list,
  -- Band of the unit price.
  case
    when order_lines.unit_price >= 10 and order_lines.unit_price <= 49.99 then 'middle'
    when order_lines.unit_price < 10 then 'low'
    else 'high'
  end as price_band,
  coalesce(order_lines.quantity < 0, false) as is_return -- Whether goods came back.
from order_lines
left join products on products.sku = order_lines.sku
left join orders on orders.order_id = order_lines.order_id
left join customers_current as buyer on buyer.customer_id = orders.customer_id
left join customers_current as referrer on referrer.customer_id = buyer.referred_by
where orders.status is distinct from 'cancelled';

-- One row per order whose status is known and that is no test.
create or replace view order_summary as
with order_lines_by_order_id as (
  select
    order_id,
    count(*) as line_count,
    count(distinct sku) as skus,
    (sum(quantity) filter (where quantity > 0))::bigint as items,
    avg(quantity) as average_quantity,
    sum(quantity * unit_price) as goods,
    last(sku order by unit_price, row$) as dearest_sku,
    first(sku order by unit_price, row$ desc) as cheapest_sku,
    bool_or(gift) as any_gift,
    bool_and(gift) as all_gifts
  from order_lines
  group by order_id
),
payments_by_order_id as (
  select
    order_id,
    sum(amount) filter (where not refund and paid_at is not null) as paid,
    sum(amount) filter (where refund) as refunded,
    last(method order by paid_at, row$) filter (where paid_at is not null) as last_method,
    min(paid_at) as first_paid_at
  from payments
  group by order_id
)
select
  orders.row$,
  orders.order_id, -- Identifier of the order.
  orders.customer_id, -- Who ordered; null for a guest.
  orders.customer_id is null as is_guest, -- Whether nobody signed in.
  orders.ordered_at, -- When it was ordered.
  orders.ordered_at::timestamp as ordered_local, -- When it was ordered, on the clock in Berlin.
  extract(hour from orders.ordered_at::timestamp) as ordered_hour, -- Hour of the day in Berlin.
  extract(isodow from orders.ordered_at::timestamp) as weekday, -- 1 for Monday to 7 for Sunday, in Berlin.
  -- Begin of the order's month in Berlin.
  date_trunc('month', orders.ordered_at::timestamp)::timestamptz as month_start,
  orders.status, -- Where the order stands; null where unknown.
  nullif(pg_upper(trim(orders.coupon)), '') as coupon, -- Coupon in upper case; null where there was none.
  coalesce(lines.line_count, 0) as line_count, -- Lines of the order.
  coalesce(lines.skus, 0) as skus, -- Different products.
  lines.items, -- Items ordered, returns left out.
  lines.average_quantity, -- Mean quantity of a line.
  lines.dearest_sku, -- Product of the dearest line, null where that is a free text line; of two, the later.
  lines.cheapest_sku, -- Product of the cheapest line; of two, the later.
  lines.any_gift, -- Whether any line is to be wrapped.
  lines.all_gifts, -- Whether every line is.
  -- What the order costs in euro.
  (coalesce(lines.goods, 0) + coalesce(orders.shipping, 0) - coalesce(orders.discount, 0))::decimal(12,2) as total,
  coalesce(payments.paid, 0)::decimal(12,2) as paid, -- What has been paid, in euro.
  coalesce(payments.refunded, 0)::decimal(12,2) as refunded, -- What has been paid back, in euro.
  -- Whether the order is paid.
  case
    when payments.paid is null then 'unpaid'
    when payments.paid < coalesce(lines.goods, 0) + coalesce(orders.shipping, 0) - coalesce(orders.discount, 0) then 'part paid'
    when payments.refunded >= payments.paid then 'refunded'
    else 'paid'
  end as payment_state,
  payments.last_method, -- How the last payment was made; null where that is unknown.
  payments.first_paid_at, -- When the first payment was made.
  orders.ship_date - orders.ordered_at::timestamp::date as days_to_ship, -- Days from order to shipping.
  -- Age in whole years on the day of the order.
  extract(year from age(orders.ordered_at::timestamp::date, customer.birth_date)) as customer_age
from orders
left join order_lines_by_order_id as lines on lines.order_id = orders.order_id
left join payments_by_order_id as payments on payments.order_id = orders.order_id
left join customers_current as customer on customer.customer_id = orders.customer_id
where orders.status <> 'test';

-- Sales by month and category; one row for orders of an unknown month, one for goods without a category.
create or replace view category_months as
select
  min(row$) as row$,
  date_trunc('month', order_date)::date as order_month, -- First day of the month.
  category, -- Category; null for what belongs to none.
  count(distinct order_id) as orders, -- Orders with such a line.
  count(distinct customer_id) as customers, -- Customers who signed in and ordered.
  count(*) as lines, -- Lines.
  coalesce(sum(quantity)::bigint, 0) as items, -- Items.
  sum(gross)::decimal(12,2) as turnover, -- Turnover in euro.
  -- Turnover with customers known to live abroad, in euro.
  (sum(gross) filter (where country <> 'DE'))::decimal(12,2) as foreign_turnover,
  sum(tax)::decimal(12,2) as tax, -- Tax in euro.
  avg(unit_price) as average_price, -- Mean unit price of a line.
  max(gross) as largest_line, -- Price of the largest line in euro.
  -- Product of the largest line; of two, the later.
  last(sku order by gross, row$) filter (where gross is not null) as best_seller,
  bool_or(below_list) as any_below_list -- Whether anything was sold below its list price.
from order_lines_priced
where not is_return
group by date_trunc('month', order_date)::date, category;

-- One row per customer, with or without orders.
create or replace view customer_value as
with order_summary_by_customer_id as (
  select
    customer_id,
    count(*) as orders,
    count(*) filter (where status = 'delivered') as delivered,
    sum(total) filter (where status <> 'cancelled') as spent,
    bool_or(coupon is not null) as used_coupon,
    max(ordered_at) as last_ordered_at
  from order_summary
  group by customer_id
),
customers_current_by_referred_by as (
  select
    referred_by,
    count(*) as referrals
  from customers_current
  group by referred_by
)
select
  customers_current.row$,
  customers_current.customer_id, -- Identifier of the customer.
  -- Name and country, for lists.
  concat(customers_current.name, ' (', customers_current.country, ')') as label,
  md5(customers_current.email) as email_hash, -- MD5 of the email address, to match with other lists.
  customers_current.email_domain, -- What follows the @ of the email address.
  -- Age in whole years at the run's as-of time.
  extract(year from age(as_of()::timestamp::date, customers_current.birth_date)) as age,
  coalesce(bought.orders, 0) as orders, -- Orders.
  coalesce(bought.delivered, 0) as delivered, -- Orders delivered.
  coalesce(bought.spent, 0)::decimal(12,2) as spent, -- Total of all orders but cancelled ones, in euro.
  bought.used_coupon is true as used_coupon, -- Whether any order had a coupon.
  bought.last_ordered_at, -- When the customer last ordered.
  -- Whether that was within 60 days of Berlin's calendar.
  coalesce(bought.last_ordered_at >= as_of()::timestamp - interval '60 days', false) as is_recent,
  -- When to write again: a month later, at the same time in Berlin.
  (bought.last_ordered_at::timestamp + interval '1 month')::timestamptz as remind_at,
  coalesce(brought.referrals, 0) as referrals, -- Customers this one brought.
  -- How to treat the customer.
  case
    when bought.spent >= 200 or brought.referrals >= 2 then 'gold'
    when bought.spent > 0 then 'silver'
    else 'new'
  end as segment
from customers_current
left join order_summary_by_customer_id as bought on bought.customer_id = customers_current.customer_id
left join customers_current_by_referred_by as brought on brought.referred_by = customers_current.customer_id;
