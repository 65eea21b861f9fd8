ALTER TABLE collection_case DROP CONSTRAINT collection_case_close_reason_check;

ALTER TABLE collection_case ADD CONSTRAINT collection_case_close_reason_check CHECK (close_reason IN ('paid', 'settled', 'recalled', 'transferred', 'charged_off', 'returned_to_lender', 'referral_ended')) NOT VALID;

ALTER TABLE collection_case VALIDATE CONSTRAINT collection_case_close_reason_check;

ALTER TABLE promise DROP CONSTRAINT promise_status_check;

ALTER TABLE promise ADD CONSTRAINT promise_status_check CHECK (status IN ('open', 'kept', 'partly_kept', 'broken', 'superseded')) NOT VALID;

ALTER TABLE promise VALIDATE CONSTRAINT promise_status_check;
