"""`app.ports.RegisterForms` in SQL: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.tables.register_forms import form_signatures, register_forms
from mingjian.governance.forms.register import FormSignature, KeptForm

_FORMS, _SIGNATURES = Shape(register_forms, KeptForm), Shape(form_signatures, FormSignature)


class SqlRegisterForms:
    """Signed register forms of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._forms, self._signatures = Rows(connection, _FORMS), Rows(connection, _SIGNATURES)

    def keep(self, form: KeptForm) -> None:
        self._forms.add(form)

    def of(self, execution: str) -> KeptForm | None:
        return self._forms.one(register_forms.c.id == execution)

    def sign(self, signature: FormSignature) -> None:
        self._signatures.add(signature)

    def signatures(self, execution: str) -> Sequence[FormSignature]:
        of_visit = select(form_signatures).where(form_signatures.c.execution_id == execution)
        return self._signatures.found(of_visit.order_by(form_signatures.c.id))
