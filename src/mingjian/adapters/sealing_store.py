"""`app.sealing_ports.Sealings` in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from mingjian.adapters.tables.sealings import sealing_downloads, sealing_shares, sealings
from mingjian.app.performing import refusal
from mingjian.app.sealing_ports import Download, HeldShare, Sealing
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId

MOST_OWN = 100
"""The newest sealed packages of one officer: they run out after days."""
_share, _download = sealing_shares.c, sealing_downloads.c


class SqlSealings:
    """Sealings of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, sealing: Sealing) -> None:
        self._connection.execute(
            insert(sealings).values(
                id=sealing.id,
                job_id=sealing.job,
                request_id=sealing.request,
                execution_id=sealing.execution,
                made_ns=sealing.made,
                ends_ns=sealing.ends,
                size_bytes=sealing.size_bytes,
                sha256=sealing.sha256,
            )
        )
        for share in sealing.shares:
            self._connection.execute(
                insert(sealing_shares).values(
                    sealing_id=sealing.id,
                    letter=share.letter,
                    officer_id=share.officer,
                    officer_name=share.officer_name,
                    commitment=share.commitment,
                    held=share.held,
                    at_counter=False,
                )
            )

    def end(self, sealing: str, at: UtcNs) -> None:
        self._connection.execute(update(sealings).where(sealings.c.id == sealing).values(ended_ns=at))

    def latest(self, job: str) -> Sealing | None:
        query = select(sealings).where(sealings.c.job_id == job)
        newest = query.order_by(sealings.c.made_ns.desc(), sealings.c.id.desc()).limit(1)
        row = self._connection.execute(newest).mappings().first()
        return self._whole(row) if row is not None else None

    def of_download(self, download: str) -> tuple[Sealing, Download] | None:
        query = select(sealings).join(sealing_downloads).where(_download.id == download)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        sealing = self._whole(row)
        return sealing, next(one for one in sealing.downloads if one.id == download)

    def of_officer(self, officer: PersonId) -> Sequence[Sealing]:
        query = select(sealings).join(sealing_shares).where(_share.officer_id == officer, sealings.c.ended_ns.is_(None))
        newest = query.order_by(sealings.c.made_ns.desc(), sealings.c.id.desc()).limit(MOST_OWN)
        return [self._whole(row) for row in self._connection.execute(newest).mappings().all()]

    def running(self) -> Sequence[Sealing]:
        query = select(sealings).where(sealings.c.ended_ns.is_(None)).order_by(sealings.c.made_ns)
        return [self._whole(row) for row in self._connection.execute(query).mappings().all()]

    def save_share(self, sealing: str, share: HeldShare) -> bool:
        step = (
            update(sealing_shares)
            .where(_share.sealing_id == sealing, _share.letter == share.letter, _share.held.is_not(None))
            .values(held=share.held or None, given_ns=share.given, at_counter=share.at_counter)
        )
        return self._connection.execute(step.returning(_share.letter)).first() is not None

    def add_download(self, download: Download) -> None:
        try:
            self._connection.execute(
                insert(sealing_downloads).values(
                    id=download.id,
                    sealing_id=download.sealing,
                    slot=download.slot,
                    person_id=download.person,
                    person_name=download.person_name,
                    opened_ns=download.opened,
                    ends_ns=download.ends,
                    delivered_bytes=download.delivered_bytes,
                )
            )
        except IntegrityError:
            raise refusal(reason("procedure.step")) from None

    def save_download(self, download: Download) -> None:
        self._connection.execute(
            update(sealing_downloads)
            .where(_download.id == download.id, _download.finished_ns.is_(None))
            .values(delivered_bytes=download.delivered_bytes, finished_ns=download.finished)
        )

    def _whole(self, row: RowMapping) -> Sealing:
        shares = select(sealing_shares).where(_share.sealing_id == row["id"]).order_by(_share.letter)
        first, second = (_held(one) for one in self._connection.execute(shares).mappings())
        downloads = select(sealing_downloads).where(_download.sealing_id == row["id"]).order_by(_download.opened_ns)
        return Sealing(
            id=row["id"],
            job=row["job_id"],
            request=row["request_id"],
            execution=row["execution_id"],
            made=UtcNs(row["made_ns"]),
            ends=UtcNs(row["ends_ns"]),
            size_bytes=row["size_bytes"],
            sha256=row["sha256"],
            shares=(first, second),
            downloads=tuple(_fetching(one) for one in self._connection.execute(downloads).mappings()),
            ended=row["ended_ns"],
        )


def _held(row: RowMapping) -> HeldShare:
    return HeldShare(
        row["letter"],
        PersonId(row["officer_id"]),
        row["officer_name"],
        row["commitment"],
        bytes(row["held"] or b""),
        row["given_ns"],
        row["at_counter"],
    )


def _fetching(row: RowMapping) -> Download:
    return Download(
        id=row["id"],
        sealing=row["sealing_id"],
        slot=row["slot"],
        person=PersonId(row["person_id"]),
        person_name=row["person_name"],
        opened=UtcNs(row["opened_ns"]),
        ends=UtcNs(row["ends_ns"]),
        delivered_bytes=row["delivered_bytes"],
        finished=row["finished_ns"],
    )
