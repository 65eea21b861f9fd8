CREATE TABLE lender (
    id text NOT NULL,
    name text NOT NULL,
    creditor_name text NOT NULL,
    phone text NOT NULL,
    email text NOT NULL,
    postal_address text NOT NULL,
    pay_url text NOT NULL,
    dispute_url text NOT NULL,
    stop_url text NOT NULL,
    CONSTRAINT lender_pkey PRIMARY KEY (id)
);

CREATE TABLE consumer (
    id text NOT NULL,
    full_name text NOT NULL,
    locale text NOT NULL,
    zones text[] NOT NULL,
    CONSTRAINT consumer_pkey PRIMARY KEY (id)
);

CREATE TABLE contact_point (
    consumer_id text NOT NULL,
    id text NOT NULL,
    channel text NOT NULL,
    place text NOT NULL,
    value text NOT NULL,
    usable boolean NOT NULL DEFAULT true,
    preference integer NOT NULL,
    CONSTRAINT contact_point_pkey PRIMARY KEY (consumer_id, id),
    CONSTRAINT contact_point_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumer (id),
    CONSTRAINT contact_point_channel_check CHECK (channel IN ('sms', 'email', 'voice', 'letter')),
    CONSTRAINT contact_point_place_check CHECK (place IN ('mobile', 'home', 'work', 'email')),
    CONSTRAINT contact_point_preference_check CHECK (preference >= 0)
);

CREATE TABLE consent (
    consumer_id text NOT NULL,
    channel text NOT NULL,
    consented boolean NOT NULL,
    at timestamptz NOT NULL,
    given_how text NOT NULL,
    CONSTRAINT consent_pkey PRIMARY KEY (consumer_id, channel),
    CONSTRAINT consent_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumer (id),
    CONSTRAINT consent_channel_check CHECK (channel IN ('sms', 'email', 'voice', 'letter'))
);

CREATE TABLE account (
    lender_id text NOT NULL,
    id text NOT NULL,
    consumer_id text NOT NULL,
    product text NOT NULL,
    currency text NOT NULL,
    zone text NOT NULL,
    policy_id text NOT NULL,
    policy_version integer,
    registered_at_real timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_pkey PRIMARY KEY (lender_id, id),
    CONSTRAINT account_lender_id_fkey FOREIGN KEY (lender_id) REFERENCES lender (id),
    CONSTRAINT account_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumer (id),
    CONSTRAINT account_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);

CREATE TABLE collection_case (
    id text NOT NULL,
    lender_id text NOT NULL,
    account_id text NOT NULL,
    consumer_id text NOT NULL,
    sequence bigint NOT NULL DEFAULT 0,
    state jsonb,
    journal_length bigint NOT NULL DEFAULT 0,
    journal_hash text NOT NULL DEFAULT '0000000000000000000000000000000000000000000000000000000000000000',
    status text NOT NULL DEFAULT 'registered',
    stage text,
    currency text NOT NULL,
    outstanding_minor bigint NOT NULL DEFAULT 0,
    past_due_minor bigint NOT NULL DEFAULT 0,
    credit_minor bigint NOT NULL DEFAULT 0,
    oldest_due date,
    holds text[] NOT NULL DEFAULT '{}',
    promise_due date,
    next_action_at timestamptz,
    next_action text,
    referral_status text,
    policy_id text,
    policy_version integer,
    opened_at timestamptz,
    updated_at timestamptz,
    closed_at timestamptz,
    close_reason text,
    CONSTRAINT collection_case_pkey PRIMARY KEY (id),
    CONSTRAINT collection_case_lender_id_account_id_fkey FOREIGN KEY (lender_id, account_id) REFERENCES account (lender_id, id),
    CONSTRAINT collection_case_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumer (id),
    CONSTRAINT collection_case_lender_id_account_id_key UNIQUE (lender_id, account_id),
    CONSTRAINT collection_case_status_check CHECK (status IN ('registered', 'open', 'closed')),
    CONSTRAINT collection_case_referral_status_check CHECK (referral_status IN ('proposed', 'approved', 'declined', 'handed_over', 'filed', 'served', 'judgment', 'enforcement', 'withdrawn', 'recalled')),
    CONSTRAINT collection_case_close_reason_check CHECK (close_reason IN ('paid', 'recalled', 'charged_off', 'returned_to_lender', 'referral_ended')),
    CONSTRAINT collection_case_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT collection_case_counts_check CHECK (sequence >= 0 AND journal_length >= 0),
    CONSTRAINT collection_case_opened_check CHECK ((state IS NULL) = (sequence = 0) AND (status = 'registered') = (sequence = 0)),
    CONSTRAINT collection_case_amounts_check CHECK (outstanding_minor >= 0 AND past_due_minor >= 0 AND credit_minor >= 0),
    CONSTRAINT collection_case_past_due_check CHECK (past_due_minor <= outstanding_minor),
    CONSTRAINT collection_case_closed_check CHECK ((status = 'closed') = (closed_at IS NOT NULL))
) WITH (fillfactor = 70);

CREATE INDEX collection_case_status_stage_idx ON collection_case (status, stage);

CREATE TABLE obligation (
    case_id text NOT NULL,
    id text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    due date NOT NULL,
    component text NOT NULL,
    CONSTRAINT obligation_pkey PRIMARY KEY (case_id, id),
    CONSTRAINT obligation_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT obligation_component_check CHECK (component IN ('principal', 'interest', 'fee')),
    CONSTRAINT obligation_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT obligation_amount_check CHECK (amount_minor > 0)
);

CREATE TABLE inbox (
    case_id text NOT NULL,
    message_id text NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    accepted_at_real timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_at timestamptz,
    CONSTRAINT inbox_pkey PRIMARY KEY (case_id, message_id),
    CONSTRAINT inbox_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id)
);

CREATE TABLE contact (
    id text NOT NULL,
    case_id text NOT NULL,
    consumer_id text NOT NULL,
    step text,
    obligation text,
    attempt integer,
    channel text NOT NULL,
    place text NOT NULL,
    contact_point_id text,
    template text,
    content_digest text,
    policy_version integer,
    direction text NOT NULL,
    status text NOT NULL,
    claimed_at timestamptz NOT NULL,
    claimed_at_real timestamptz NOT NULL DEFAULT clock_timestamp(),
    provider_id text,
    code text,
    outcome text,
    sent_at timestamptz,
    delivered_at timestamptz,
    CONSTRAINT contact_pkey PRIMARY KEY (id),
    CONSTRAINT contact_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT contact_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumer (id),
    CONSTRAINT contact_case_id_step_obligation_attempt_key UNIQUE (case_id, step, obligation, attempt),
    CONSTRAINT contact_channel_check CHECK (channel IN ('sms', 'email', 'voice', 'letter')),
    CONSTRAINT contact_place_check CHECK (place IN ('mobile', 'home', 'work', 'email')),
    CONSTRAINT contact_status_check CHECK (status IN ('claimed', 'sent', 'failed', 'retryable', 'unknown')),
    CONSTRAINT contact_outcome_check CHECK (outcome IN ('sent', 'delivered', 'failed', 'unknown', 'no_answer', 'voicemail', 'conversation', 'busy', 'not_in_service', 'dropped')),
    CONSTRAINT contact_direction_check CHECK (direction IN ('outbound', 'inbound')),
    CONSTRAINT contact_attempt_check CHECK (attempt >= 0)
) WITH (fillfactor = 85);

CREATE INDEX contact_consumer_id_claimed_at_idx ON contact (consumer_id, claimed_at);

CREATE TABLE payment (
    case_id text NOT NULL,
    id text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    received_on date NOT NULL,
    reversed_because text,
    CONSTRAINT payment_pkey PRIMARY KEY (case_id, id),
    CONSTRAINT payment_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT payment_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payment_amount_check CHECK (amount_minor > 0)
);

CREATE TABLE promise (
    case_id text NOT NULL,
    id text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    due date NOT NULL,
    made_on date NOT NULL,
    status text NOT NULL,
    CONSTRAINT promise_pkey PRIMARY KEY (case_id, id),
    CONSTRAINT promise_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT promise_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT promise_status_check CHECK (status IN ('open', 'kept', 'broken')),
    CONSTRAINT promise_amount_check CHECK (amount_minor > 0)
);

CREATE TABLE hold (
    case_id text NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    placed_on date NOT NULL,
    ends_on date,
    CONSTRAINT hold_pkey PRIMARY KEY (case_id, id),
    CONSTRAINT hold_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT hold_kind_check CHECK (kind IN ('hardship', 'vulnerability', 'breathing_space', 'mental_health_crisis', 'bankruptcy', 'deceased', 'military', 'attorney', 'cease_contact', 'fraud', 'dispute', 'complaint'))
);

CREATE TABLE referral (
    case_id text NOT NULL,
    id text NOT NULL,
    status text NOT NULL,
    proposed_on date NOT NULL,
    CONSTRAINT referral_pkey PRIMARY KEY (case_id, id),
    CONSTRAINT referral_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT referral_status_check CHECK (status IN ('proposed', 'approved', 'declined', 'handed_over', 'filed', 'served', 'judgment', 'enforcement', 'withdrawn', 'recalled'))
);

CREATE TABLE journal (
    case_id text NOT NULL,
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    recorded_at_real timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    message_id text,
    event jsonb NOT NULL,
    previous_hash text NOT NULL,
    hash text NOT NULL,
    CONSTRAINT journal_pkey PRIMARY KEY (case_id, sequence),
    CONSTRAINT journal_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id)
);

CREATE UNIQUE INDEX journal_message_key ON journal (case_id, message_id) WHERE message_id IS NOT NULL;

CREATE INDEX journal_newest_idx ON journal (recorded_at_real);

CREATE INDEX journal_withheld_idx ON journal (kind) WHERE kind IN ('contact_deferred', 'contact_suppressed');

CREATE TABLE reply (
    case_id text NOT NULL,
    id text NOT NULL,
    consumer_id text NOT NULL,
    channel text NOT NULL,
    body text NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT reply_pkey PRIMARY KEY (case_id, id),
    CONSTRAINT reply_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT reply_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumer (id),
    CONSTRAINT reply_channel_check CHECK (channel IN ('sms', 'email', 'voice', 'letter'))
);

-- A journal line is a fact: it is neither changed nor removed, by nobody.
CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'the journal is append-only: no ' || TG_OP;
END
$$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();

-- The read model for lists and reports: every case that was opened, without its state and its journal's head.
CREATE VIEW case_view AS
SELECT
    id AS case_id, lender_id, account_id, consumer_id, sequence, status, stage, currency,
    outstanding_minor, past_due_minor, credit_minor, oldest_due, holds, promise_due, next_action_at, next_action,
    referral_status, policy_id, policy_version, opened_at, updated_at, closed_at, close_reason
FROM collection_case
WHERE status <> 'registered';
