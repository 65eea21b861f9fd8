CREATE TABLE ledger_entry (
    case_id text NOT NULL,
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    message_id text,
    CONSTRAINT ledger_entry_pkey PRIMARY KEY (case_id, sequence),
    CONSTRAINT ledger_entry_case_id_sequence_fkey FOREIGN KEY (case_id, sequence) REFERENCES journal (case_id, sequence)
);

CREATE UNIQUE INDEX ledger_entry_message_key ON ledger_entry (case_id, message_id) WHERE message_id IS NOT NULL;

CREATE TABLE ledger_posting (
    case_id text NOT NULL,
    sequence bigint NOT NULL,
    account text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT ledger_posting_pkey PRIMARY KEY (case_id, sequence, account),
    CONSTRAINT ledger_posting_case_id_sequence_fkey FOREIGN KEY (case_id, sequence) REFERENCES ledger_entry (case_id, sequence),
    CONSTRAINT ledger_posting_account_check CHECK (account IN ('principal_receivable', 'interest_receivable', 'fee_receivable', 'payments', 'adjustments', 'settlement_discount', 'write_off', 'obligations', 'interest', 'charges', 'credit')),
    CONSTRAINT ledger_posting_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT ledger_posting_amount_check CHECK (amount_minor <> 0)
);

-- A posting is a fact: a mistake is corrected by a further entry.
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'the ledger is append-only: no ' || TG_OP;
END
$$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

-- Asked when the transaction commits: two postings or more, and in each currency debits and credits that cancel out.
CREATE FUNCTION refuse_unbalanced_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_posting WHERE case_id = NEW.case_id AND sequence = NEW.sequence) < 2
        OR EXISTS (
            SELECT 1 FROM ledger_posting WHERE case_id = NEW.case_id AND sequence = NEW.sequence
            GROUP BY currency HAVING sum(amount_minor) <> 0
        )
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'ledger_balanced',
            MESSAGE = 'debits and credits of a ledger entry do not cancel out';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_entry();

CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_entry();
