-- The sample shop's rows, made on the server. `:rows` is the number of orders.
-- Triggers of foreign keys are off while loading (session_replication_role): the rows fit by construction.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';

INSERT INTO customers (email, name, created_at)
SELECT 'customer' || n || '@example.com', 'Customer ' || n, now() - (n % 700) * interval '1 day'
FROM generate_series(1, 20000) n;

INSERT INTO categories (name)
SELECT 'Category ' || n FROM generate_series(1, 20) n;

INSERT INTO products (category_id, sku, name, price)
SELECT 1 + n % 20, 'SKU-' || lpad(n::text, 5, '0'), 'Product ' || n, 5 + (n * 37 % 20000) / 100.0
FROM generate_series(1, 1000) n;

INSERT INTO stock (product_id, quantity)
SELECT n, 1000 FROM generate_series(1, 1000) n;

INSERT INTO addresses (customer_id, street, city, country)
SELECT n, n || ' Main Street', 'City ' || n % 300, (ARRAY['DE', 'FR', 'NL', 'PL', 'SE'])[1 + n % 5]
FROM generate_series(1, 20000) n;

INSERT INTO coupons (code, percent)
SELECT 'SAVE' || n, 5 * n FROM generate_series(1, 6) n;

-- The large table: every sixth order was cancelled, the older half still carries the old system's reference.
INSERT INTO orders (customer_id, status, total, legacy_reference, placed_at, coupon_id)
SELECT
	1 + (n * 7919) % 20000,
	(ARRAY['placed', 'paid', 'shipped', 'delivered', 'returned', 'cancelled'])[1 + n % 6],
	5 + (n * 131 % 50000) / 100.0,
	CASE WHEN n <= :rows / 2 THEN 'OLD-' || n END,
	now() - (:rows - n) * interval '40 seconds',
	CASE WHEN n % 25 = 0 THEN 1 + n % 6 END
FROM generate_series(1, :rows::bigint) n;

INSERT INTO order_items (order_id, product_id, quantity, price)
SELECT :rows - n, 1 + (n * 31) % 1000, 1 + n % 3, 5 + (n * 53 % 20000) / 100.0
FROM generate_series(0, least(:rows - 1, 60000)) n;

INSERT INTO payments (order_id, method, amount, paid_at)
SELECT :rows - n, (ARRAY['card', 'transfer', 'invoice'])[1 + n % 3], 5 + (n * 131 % 50000) / 100.0, now() - n * interval '40 seconds'
FROM generate_series(0, least(:rows - 1, 40000)) n;

INSERT INTO reviews (product_id, customer_id, stars, words)
SELECT 1 + n % 1000, 1 + (n * 17) % 20000, 1 + n % 5, CASE WHEN n % 3 = 0 THEN 'Words about product ' || 1 + n % 1000 END
FROM generate_series(1, 5000) n;
