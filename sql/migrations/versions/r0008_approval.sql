-- Who asks for a release writes a row as gmsd_publisher, who answers as gmsd_approver; nobody else can, no row ever changes, and a release that is
-- about to become public must name an approving answer to its own last question. docs/decisions/0023-four-eyes.md

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gmsd_approver') THEN
        RAISE EXCEPTION 'the role gmsd_approver is not there: `make up` makes it; elsewhere CREATE ROLE gmsd_approver LOGIN, with CONNECT on this database';
    END IF;
END $$;

CREATE TABLE release_question (
    question integer PRIMARY KEY,
    release_id text NOT NULL,
    fingerprint text NOT NULL CHECK (fingerprint <> ''),
    round text NOT NULL,
    run_id text NOT NULL,
    asked_by text NOT NULL CHECK (asked_by <> '' AND asked_by = btrim(asked_by)),
    asked_at timestamptz NOT NULL,
    preview jsonb NOT NULL
);
CREATE INDEX release_question_of ON release_question (release_id, question DESC);
COMMENT ON TABLE release_question IS 'What was asked to be published: the fingerprint stands for everything that the release would say.';

CREATE TABLE release_answer (
    question integer PRIMARY KEY REFERENCES release_question,
    answer text NOT NULL CHECK (answer IN ('approved', 'refused')),
    answered_by text NOT NULL CHECK (answered_by <> '' AND answered_by = btrim(answered_by)),
    answered_at timestamptz NOT NULL,
    reason text NOT NULL
);
COMMENT ON TABLE release_answer IS 'What another person answered where they are signed in; one answer to a question, for good.';

CREATE TRIGGER question_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON release_question
    FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER answer_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON release_answer
    FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

CREATE FUNCTION answer_is_anothers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked public.release_question;
BEGIN
    SELECT * INTO asked FROM public.release_question WHERE question = NEW.question;
    IF NOT pg_has_role(current_user, 'gmsd_approver', 'USAGE') THEN
        RAISE EXCEPTION 'only gmsd_approver answers, not %', current_user;
    END IF;
    IF lower(asked.asked_by) = lower(NEW.answered_by) THEN
        RAISE EXCEPTION '% asked for release % and cannot answer', NEW.answered_by, asked.release_id;
    END IF;
    IF EXISTS (SELECT FROM public.release_question WHERE release_id = asked.release_id AND question > NEW.question) THEN
        RAISE EXCEPTION 'question % about release % gave way to a newer one', NEW.question, asked.release_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_is_anothers BEFORE INSERT ON release_answer FOR EACH ROW EXECUTE FUNCTION answer_is_anothers();

-- The approval is used when the release names it: once, as the column is unique, and in the transaction that lets the release out.
ALTER TABLE release ADD COLUMN fingerprint text;
ALTER TABLE release ADD COLUMN approval integer UNIQUE REFERENCES release_answer;
COMMENT ON COLUMN release.fingerprint IS 'Stands for everything that the release says; what was approved has the same.';
COMMENT ON COLUMN release.approval IS 'The answer that let it out; null for a proposal, and for what was published before answers were kept.';

CREATE FUNCTION release_needs_approval() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.approval IS NOT NULL THEN
            RAISE EXCEPTION 'release % is not let out by being proposed', NEW.release_id;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state IN ('building', 'published', 'recalled') AND NEW.fingerprint IS DISTINCT FROM OLD.fingerprint THEN
        RAISE EXCEPTION 'what release % says never changes', OLD.release_id;
    END IF;
    IF NEW.approval IS DISTINCT FROM OLD.approval AND (OLD.approval IS NOT NULL OR NEW.state <> 'building') THEN
        RAISE EXCEPTION 'the approval of release % never changes', OLD.release_id;
    END IF;
    IF NEW.state IN ('building', 'published') AND OLD.state <> 'published' AND NEW.approval IS NULL THEN
        RAISE EXCEPTION 'release % has not been approved', OLD.release_id;
    END IF;
    IF NEW.approval IS DISTINCT FROM OLD.approval AND NOT EXISTS (
        SELECT FROM public.release_answer JOIN public.release_question USING (question)
        WHERE question = NEW.approval AND answer = 'approved' AND release_id = NEW.release_id AND fingerprint = NEW.fingerprint
            AND question = (SELECT max(newest.question) FROM public.release_question AS newest WHERE newest.release_id = NEW.release_id)
    ) THEN
        RAISE EXCEPTION 'answer % does not let release % out', NEW.approval, NEW.release_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_needs_approval BEFORE INSERT OR UPDATE ON release FOR EACH ROW EXECUTE FUNCTION release_needs_approval();

-- What is asked, answered, or changes state has its row in the audit trail in the same transaction, or is not done.
CREATE FUNCTION release_is_audited() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told text;
BEGIN
    IF TG_TABLE_NAME = 'release' THEN
        SELECT to_state INTO told FROM public.audit WHERE subject = NEW.release_id AND to_state IS NOT NULL ORDER BY sequence DESC LIMIT 1;
        IF told IS DISTINCT FROM (SELECT state FROM public.release WHERE release_id = NEW.release_id) THEN
            RAISE EXCEPTION 'the audit trail has no row that release % became %', NEW.release_id, NEW.state;
        END IF;
    ELSIF TG_TABLE_NAME = 'release_question' THEN
        PERFORM FROM public.audit WHERE subject = NEW.release_id AND event = 'asked' AND actor = NEW.asked_by
            AND details ->> 'question' = NEW.question::text;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the audit trail has no row about question %', NEW.question;
        END IF;
    ELSE
        PERFORM FROM public.audit JOIN public.release_question ON subject = release_id
        WHERE question = NEW.question AND event = NEW.answer AND actor = NEW.answered_by AND details ->> 'question' = NEW.question::text;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the audit trail has no row about the answer to question %', NEW.question;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER release_inserted_is_audited AFTER INSERT ON release DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION release_is_audited();
CREATE CONSTRAINT TRIGGER release_moved_is_audited AFTER UPDATE ON release DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.approval IS DISTINCT FROM NEW.approval) EXECUTE FUNCTION release_is_audited();
CREATE CONSTRAINT TRIGGER question_is_audited AFTER INSERT ON release_question DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION release_is_audited();
CREATE CONSTRAINT TRIGGER answer_is_audited AFTER INSERT ON release_answer DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION release_is_audited();

-- Rights -------------------------------------------------------------------------------------------------------------

GRANT SELECT ON release_question, release_answer TO gmsd_loader, gmsd_publisher, gmsd_approver;
GRANT INSERT ON release_question TO gmsd_publisher;
GRANT USAGE ON SCHEMA public TO gmsd_approver;
GRANT INSERT ON release_answer TO gmsd_approver;
GRANT SELECT, INSERT ON audit TO gmsd_approver;
