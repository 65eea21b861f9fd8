CREATE TABLE work_item (
    id text NOT NULL,
    case_id text NOT NULL,
    kind text NOT NULL,
    due timestamptz NOT NULL,
    priority integer NOT NULL,
    about text,
    opened_at timestamptz NOT NULL,
    status text NOT NULL,
    outcome text,
    completed_by text,
    ended_at timestamptz,
    claimed_by text,
    claimed_until_real timestamptz,
    CONSTRAINT work_item_pkey PRIMARY KEY (id),
    CONSTRAINT work_item_case_id_fkey FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT work_item_kind_check CHECK (kind IN ('call', 'unclear_reply', 'help_asked', 'already_paid', 'dispute', 'complaint', 'hardship', 'vulnerability', 'estate', 'attorney', 'lost_contact', 'approve_referral', 'limitation_near', 'overdue')),
    CONSTRAINT work_item_status_check CHECK (status IN ('open', 'completed', 'withdrawn')),
    CONSTRAINT work_item_outcome_check CHECK (outcome IN ('done', 'reached', 'not_reached', 'not_needed', 'upheld', 'rejected')),
    CONSTRAINT work_item_priority_check CHECK (priority BETWEEN 1 AND 5),
    CONSTRAINT work_item_claimed_check CHECK ((claimed_by IS NULL) = (claimed_until_real IS NULL)),
    CONSTRAINT work_item_completed_check CHECK ((status = 'completed') = (outcome IS NOT NULL)),
    CONSTRAINT work_item_ended_check CHECK ((status = 'open') = (ended_at IS NULL))
);

CREATE INDEX work_item_queue_idx ON work_item (priority, due, id) WHERE status = 'open';

CREATE INDEX work_item_case_id_idx ON work_item (case_id);
