-- The hashes of the proofs of a form that the audit trail speaks of.
SELECT details ->> 'proof_sha256' FROM audit WHERE subject = :form_id AND details ->> 'proof_sha256' IS NOT NULL
