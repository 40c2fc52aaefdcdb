"""Triggers that keep the three administrators apart in one person, whoever writes the row (GB/T 22239 level 3, 8.1.5).

A person who administers holds one role alone; another account of the same natural person holds the same or none.
"""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

MESSAGE = "administrators exclude one another in one person"
# SQLite lets no trigger use its JSON functions while the schema is not trusted; the list is text there
_SQLITE_INSERT = """CREATE TRIGGER people_administrations_insert BEFORE INSERT ON people WHEN
(NEW.roles LIKE '%,%' AND
  (NEW.roles LIKE '%"administrator"%' OR NEW.roles LIKE '%"security"%' OR NEW.roles LIKE '%"auditor"%'))
OR (NEW.identity <> '' AND NEW.disabled_ns IS NULL AND NEW.roles LIKE '%"%' AND EXISTS
  (SELECT 1 FROM people AS other
  WHERE other.identity = NEW.identity AND other.id <> NEW.id AND other.disabled_ns IS NULL
    AND other.roles LIKE '%"%' AND other.roles <> NEW.roles
    AND (NEW.roles || other.roles LIKE '%"administrator"%' OR NEW.roles || other.roles LIKE '%"security"%'
      OR NEW.roles || other.roles LIKE '%"auditor"%')))
BEGIN SELECT RAISE(ABORT, 'administrators exclude one another in one person'); END"""
_SQLITE_UPDATE = _SQLITE_INSERT.replace(
    "_insert BEFORE INSERT", "_update BEFORE UPDATE OF roles, identity, disabled_ns"
)
_FUNCTION = """CREATE FUNCTION administers(roles json) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT EXISTS (SELECT 1 FROM json_array_elements_text(roles) AS held
WHERE held IN ('administrator', 'security', 'auditor')) $$"""
_CHECK = """CREATE FUNCTION people_administrations() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (json_array_length(NEW.roles) > 1 AND administers(NEW.roles)) OR (NEW.identity <> '' AND NEW.disabled_ns IS NULL
AND EXISTS (SELECT 1 FROM people AS other WHERE other.identity = NEW.identity AND other.id <> NEW.id
AND other.disabled_ns IS NULL AND json_array_length(other.roles) > 0 AND json_array_length(NEW.roles) > 0
AND other.roles::text <> NEW.roles::text AND (administers(NEW.roles) OR administers(other.roles))))
THEN RAISE EXCEPTION 'administrators exclude one another in one person' USING ERRCODE = 'check_violation';
END IF; RETURN NEW; END $$"""
STATEMENTS = {
    "sqlite": (_SQLITE_INSERT, _SQLITE_UPDATE),
    "postgresql": (
        _FUNCTION,
        _CHECK,
        "CREATE TRIGGER people_administrations BEFORE INSERT OR UPDATE ON people "
        "FOR EACH ROW EXECUTE FUNCTION people_administrations()",
    ),
}
"""By dialect; migrations run them. SQLite's names end in the verb."""
REMOVALS = {
    "sqlite": ("DROP TRIGGER people_administrations_insert", "DROP TRIGGER people_administrations_update"),
    "postgresql": (
        "DROP TRIGGER people_administrations ON people",
        "DROP FUNCTION people_administrations()",
        "DROP FUNCTION administers(json)",
    ),
}


def keeps_apart(table: Table) -> None:
    """Attach the triggers to `table` for whoever creates it from the metadata."""
    for dialect, lines in STATEMENTS.items():
        for line in lines:
            event.listen(table, "after_create", DDL(line).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves DDL unannotated
