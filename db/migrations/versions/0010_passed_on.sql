ALTER TABLE inbox ADD COLUMN passed_on_from text;
