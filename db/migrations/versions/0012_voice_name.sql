ALTER TABLE lender ADD COLUMN voice_name text;
