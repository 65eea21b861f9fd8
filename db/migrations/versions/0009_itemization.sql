ALTER TABLE account ADD COLUMN itemization jsonb;
