"""Names as they are searched for: in Chinese, or by the initials of their pinyin (示范旅馆 is found by `sflg`)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, delete, insert, or_, select

from mingjian.adapters.scopes import in_scope
from mingjian.adapters.tables.registry import names
from mingjian.app.registry_ports import Named
from mingjian.governance.organs import Scope
from mingjian.kernel.ids import UnitId

LONGEST_INDEXED = 200
"""Letters kept: no name is longer."""


def initials(name: str) -> str:
    """The first letters of the pinyin, what is not Chinese as it stands, in lower case and without spaces."""
    from pypinyin import Style, lazy_pinyin  # its dictionary of phrases would cost each process half a second to start

    found = lazy_pinyin(name[:LONGEST_INDEXED], style=Style.FIRST_LETTER, errors="default")
    return "".join("".join(found).split()).casefold()


def index(connection: Connection, named: Named, *, gone: bool = False) -> None:
    """Let `named` be found by its present name; `gone`: no more."""
    key = and_(names.c.kind == named.kind, names.c.id == named.id)
    connection.execute(delete(names).where(key))
    if not gone:
        connection.execute(
            insert(names).values(
                kind=named.kind,
                id=named.id,
                unit_id=named.unit,
                territory=named.territory,
                sector=named.sector,
                name=named.name,
                initials=initials(named.name),
            )
        )


class SqlNames:
    """`app.registry_ports.Names` of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def found(self, kind: str, text: str, scope: Scope, *, limit: int) -> Sequence[Named]:
        wanted = text.strip().casefold()
        hit = or_(
            names.c.name.icontains(text.strip(), autoescape=True), names.c.initials.contains(wanted, autoescape=True)
        )
        query = (
            select(names)
            .where(names.c.kind == kind, in_scope(names, scope), hit)
            .order_by(names.c.name, names.c.id)
            .limit(limit)
        )
        return [
            Named(row["kind"], row["id"], UnitId(row["unit_id"]), row["name"], row["territory"], row["sector"])
            for row in self._connection.execute(query).mappings()
        ]
