-- Every word on consent is kept; the newest said counts.
ALTER TABLE consent DROP CONSTRAINT consent_pkey;

ALTER TABLE consent
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN given_on date,
    ADD COLUMN said_at timestamptz,
    ADD CONSTRAINT consent_pkey PRIMARY KEY (id);

UPDATE consent SET said_at = at;

ALTER TABLE consent ALTER COLUMN said_at SET NOT NULL;

CREATE INDEX consent_consumer_id_channel_said_at_idx ON consent (consumer_id, channel, said_at);

CREATE FUNCTION refuse_consent_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'consents are append-only: no ' || TG_OP;
END
$$;

CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_change();

ALTER TABLE consumer
    ADD COLUMN refused_places text[] NOT NULL DEFAULT '{}',
    ADD COLUMN inconvenient_times jsonb NOT NULL DEFAULT '[]';

-- All debts (case ids) that the contact was about; NULL: its own case; empty: not known which.
ALTER TABLE contact ADD COLUMN debts text[];
