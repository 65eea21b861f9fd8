ALTER TABLE collection_case
    DROP CONSTRAINT collection_case_referral_status_check,
    DROP CONSTRAINT collection_case_close_reason_check,
    ADD CONSTRAINT collection_case_referral_status_check CHECK (referral_status IN ('proposed', 'approved', 'declined', 'handed_over', 'acknowledged', 'filed', 'served', 'judgment', 'enforcement', 'settled', 'satisfied', 'withdrawn', 'recalled')) NOT VALID,
    ADD CONSTRAINT collection_case_close_reason_check CHECK (close_reason IN ('paid', 'recalled', 'transferred', 'charged_off', 'returned_to_lender', 'referral_ended')) NOT VALID;

ALTER TABLE referral
    DROP CONSTRAINT referral_status_check,
    ADD CONSTRAINT referral_status_check CHECK (status IN ('proposed', 'approved', 'declined', 'handed_over', 'acknowledged', 'filed', 'served', 'judgment', 'enforcement', 'settled', 'satisfied', 'withdrawn', 'recalled')) NOT VALID;

ALTER TABLE collection_case VALIDATE CONSTRAINT collection_case_referral_status_check;

ALTER TABLE collection_case VALIDATE CONSTRAINT collection_case_close_reason_check;

ALTER TABLE referral VALIDATE CONSTRAINT referral_status_check;

ALTER TABLE work_item
    DROP CONSTRAINT work_item_kind_check,
    ADD CONSTRAINT work_item_kind_check CHECK (kind IN ('call', 'unclear_reply', 'help_asked', 'already_paid', 'dispute', 'complaint', 'hardship', 'vulnerability', 'estate', 'attorney', 'lost_contact', 'approve_referral', 'counsel_silent', 'limitation_near', 'overdue')) NOT VALID;

ALTER TABLE work_item VALIDATE CONSTRAINT work_item_kind_check;
