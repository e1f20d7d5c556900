-- Lost: what the attack found of each release, and the true counts that public releases were made of. The older schema lets a release out without an
-- attack; the cells that were hidden stay hidden.
DROP TRIGGER release_needs_attack ON release;
DROP FUNCTION release_needs_attack();
DROP TABLE release_figure, attack_report;
