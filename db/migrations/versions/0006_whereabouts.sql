ALTER TABLE consumer
    ADD COLUMN residence_country text,
    ADD COLUMN residence_subdivision text,
    ADD COLUMN residence_postal_code text,
    ADD COLUMN residence_zones text[] NOT NULL DEFAULT '{}',
    ADD COLUMN residence_areas text[] NOT NULL DEFAULT '{}';

ALTER TABLE contact_point
    ADD COLUMN zones text[] NOT NULL DEFAULT '{}',
    ADD COLUMN areas text[] NOT NULL DEFAULT '{}';
