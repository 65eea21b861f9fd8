ALTER TABLE hold DROP CONSTRAINT hold_kind_check;

ALTER TABLE hold ADD CONSTRAINT hold_kind_check CHECK (kind IN ('hardship', 'vulnerability', 'breathing_space', 'mental_health_crisis', 'bankruptcy', 'deceased', 'military', 'attorney', 'cease_contact', 'refusal_to_pay', 'fraud', 'dispute', 'complaint')) NOT VALID;

ALTER TABLE hold VALIDATE CONSTRAINT hold_kind_check;
