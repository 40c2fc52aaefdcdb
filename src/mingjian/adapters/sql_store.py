"""`app.ports.Store`: repositories and ledger over one transaction of one engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from mingjian.adapters import database
from mingjian.adapters.access_store import SqlExports, SqlRequests
from mingjian.adapters.camera_store import SqlCameras
from mingjian.adapters.clock_store import SqlClockFreezes
from mingjian.adapters.complaint_store import SqlComplaints
from mingjian.adapters.filing_store import SqlChanges, SqlFilings, SqlRemovals, SqlVisits
from mingjian.adapters.form_store import SqlRegisterForms
from mingjian.adapters.leak_store import SqlLeakTraces, SqlRedactions
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.name_index import SqlNames
from mingjian.adapters.people_store import SqlPeople
from mingjian.adapters.planning_store import (
    ACCEPTANCES,
    CHECKS,
    PROCUREMENTS,
    REUSE,
    SqlDesignations,
    SqlOfSystem,
    SqlPlans,
    SqlWorks,
)
from mingjian.adapters.private_store import SqlPrivateViewings
from mingjian.adapters.register_store import SqlRegister
from mingjian.adapters.registry_store import (
    SqlAttachments,
    SqlLegalFindings,
    SqlObligations,
    SqlOrgans,
    SqlPlaces,
    SqlSitings,
    SqlSystems,
)
from mingjian.adapters.sealing_store import SqlSealings
from mingjian.app.records import PastAct
from mingjian.audit.ledger import LedgerEntry


class SqlLedger:
    """`app.ports.Ledger` inside one transaction."""

    def __init__(self, store: LedgerStore, connection: Connection) -> None:
        self._store = store
        self._connection = connection

    def append(self, entry: LedgerEntry) -> int:
        return self._store.append(self._connection, entry)

    def history(self, subject: str, limit: int) -> Sequence[PastAct]:
        found = self._store.entries(self._connection, references=[subject], limit=limit)
        return [
            PastAct(
                stored.index,
                stored.at,
                stored.content["kind"],
                stored.names.get("actor.name", ""),
                {**stored.content["facts"], **{k: v for k, v in stored.names.items() if k != "actor.name"}},
            )
            for stored in reversed(found)
        ]


class SqlUnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, connection: Connection, ledger: LedgerStore) -> None:
        self.people = SqlPeople(connection)
        self.cameras = SqlCameras(connection)
        self.register = SqlRegister(connection)
        self.requests = SqlRequests(connection)
        self.register_forms = SqlRegisterForms(connection)
        self.exports = SqlExports(connection)
        self.sealings = SqlSealings(connection)
        self.clock_freezes = SqlClockFreezes(connection)
        self.organs = SqlOrgans(connection)
        self.places = SqlPlaces(connection)
        self.systems = SqlSystems(connection)
        self.sitings = SqlSitings(connection)
        self.names = SqlNames(connection)
        self.obligations = SqlObligations(connection)
        self.findings = SqlLegalFindings(connection)
        self.attachments = SqlAttachments(connection)
        self.complaints = SqlComplaints(connection)
        self.plans = SqlPlans(connection)
        self.works = SqlWorks(connection)
        self.checks = SqlOfSystem(connection, CHECKS)
        self.procurements = SqlOfSystem(connection, PROCUREMENTS)
        self.acceptances = SqlOfSystem(connection, ACCEPTANCES)
        self.reuse = SqlOfSystem(connection, REUSE)
        self.designations = SqlDesignations(connection)
        self.filings = SqlFilings(connection)
        self.visits = SqlVisits(connection)
        self.changes = SqlChanges(connection)
        self.removals = SqlRemovals(connection)
        self.leak_traces = SqlLeakTraces(connection)
        self.redactions = SqlRedactions(connection)
        self.private_viewings = SqlPrivateViewings(connection)
        self.ledger = SqlLedger(ledger, connection)


class SqlStore:
    """The installation's database behind the acts."""

    def __init__(self, engine: Engine, ledger: LedgerStore) -> None:
        self._engine = engine
        self._ledger = ledger

    @contextmanager
    def writing(self) -> Iterator[SqlUnitOfWork]:
        with database.writing(self._engine) as connection:
            yield SqlUnitOfWork(connection, self._ledger)

    @contextmanager
    def reading(self) -> Iterator[SqlUnitOfWork]:
        with database.reading(self._engine) as connection:
            yield SqlUnitOfWork(connection, self._ledger)
