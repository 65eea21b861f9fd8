CREATE INDEX collection_case_consumer_id_lender_id_idx ON collection_case (consumer_id, lender_id);

CREATE TABLE shared_contact (
    contact_id text NOT NULL,
    case_id text NOT NULL,
    step text NOT NULL,
    obligation text NOT NULL,
    attempt integer NOT NULL,
    journaled boolean NOT NULL DEFAULT false,
    CONSTRAINT shared_contact_pkey PRIMARY KEY (contact_id, case_id),
    CONSTRAINT shared_contact_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact (id),
    CONSTRAINT shared_contact_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT shared_contact_attempt_check CHECK (attempt >= 0)
);

CREATE INDEX shared_contact_case_id_idx ON shared_contact (case_id);
