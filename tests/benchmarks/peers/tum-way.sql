-- One row a packet, as the TUM evaluator keeps them; statements of our own.
\set ON_ERROR_STOP on
CREATE TABLE pre (ts bigint, hash bytea);
CREATE TABLE post (ts bigint, hash bytea);
\copy pre FROM 'before.tsv'
\copy post FROM 'after.tsv'
CREATE TEMP TABLE pair AS SELECT post.ts - pre.ts AS latency FROM pre JOIN post USING (hash) WHERE post.ts >= pre.ts;
SELECT count(*), percentile_disc(ARRAY[0.5, 0.9, 0.99, 0.999, 0.9999]) WITHIN GROUP (ORDER BY latency), max(latency) FROM pair;
SELECT latency / 100 * 100 AS bucket, count(*) FROM pair GROUP BY 1 ORDER BY 2 DESC LIMIT 5;
SELECT latency FROM pair ORDER BY latency DESC LIMIT 5000 OFFSET 4999;
