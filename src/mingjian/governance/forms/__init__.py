"""The forms of a system's life, from plain texts to documents. Days, articles and papers come from the law room."""

from mingjian.governance.forms.acceptance import AcceptanceSheet, CheckLine, MemberLine, acceptance_sheet
from mingjian.governance.forms.change import ChangeLine, ChangeSheet, change_form
from mingjian.governance.forms.filing import CameraCount, FilingSheet, PartyLine, filing_form
from mingjian.governance.forms.parts import PaperLine, fingerprint
from mingjian.governance.forms.private import PrivateSheet, ViewedCamera, private_form
from mingjian.governance.forms.receipt import ReceiptSheet, receipt
from mingjian.governance.forms.register import (
    CarrierLine,
    PresentOfficer,
    RegisterSheet,
    SeenCamera,
    ShownPaper,
    SignedBy,
    register_form,
)
from mingjian.governance.forms.removal import RemovalSheet, RemovedCamera, removal_notice
from mingjian.governance.forms.site_visit import OfficerLine, SiteVisitSheet, visit_record

__all__ = [
    "AcceptanceSheet",
    "CameraCount",
    "CarrierLine",
    "ChangeLine",
    "ChangeSheet",
    "CheckLine",
    "FilingSheet",
    "MemberLine",
    "OfficerLine",
    "PaperLine",
    "PartyLine",
    "PresentOfficer",
    "PrivateSheet",
    "ReceiptSheet",
    "RegisterSheet",
    "RemovalSheet",
    "RemovedCamera",
    "SeenCamera",
    "ShownPaper",
    "SignedBy",
    "SiteVisitSheet",
    "ViewedCamera",
    "acceptance_sheet",
    "change_form",
    "filing_form",
    "fingerprint",
    "private_form",
    "receipt",
    "register_form",
    "removal_notice",
    "visit_record",
]
