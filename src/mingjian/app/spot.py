"""Officers without account, enrolled by the unit's staff at the counter from work ID and certificate (article 22)."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.app.access import step_of
from mingjian.app.attachments import NAME_LONGEST, media_type_of, of_subject, on_record
from mingjian.app.people import Enrolment, enrol_on_the_spot, identity_of
from mingjian.app.performing import Performance, performing, refusal
from mingjian.app.ports import Random, Store, Vault
from mingjian.app.records import AccessRequest, Actor
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.request_papers import CERTIFICATE, SUBJECT
from mingjian.app.texts import line
from mingjian.governance import matters
from mingjian.governance.authority import Act
from mingjian.governance.procedure import Step
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Overloaded
from mingjian.law.rulebook import Rulebook

CERTIFICATES_MAX = 20
"""Of one request: twice the officers that a form has lines for."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A certificate as it was scanned at the counter."""

    name: str
    content: bytes


def enrol_officer(
    store: Store,
    vault: Vault,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    request: str,
    name: str,
    work_id: str,
    certificate: Scan | None,
) -> Enrolment:
    """An officer of the asking organ who can sign once, within the hour, with the code of the answer.

    Who signed under this request before needs no second scan: he gets the code for the register form without one.
    Raises Invalid `spot.certificate` where the scan is missing, Refused for anyone but the holder's staff and for
    whoever has an account. The scan is durable before the row that names it.
    """
    if certificate is not None:
        file_name = line(certificate.name, "file", longest=NAME_LONGEST)
        media_type_of(certificate.content)
    with performing(store, Act.ACCESS_ATTEND, request, actor=actor, clock=clock) as doing:
        if step_of(doing, law, request, Step.PRESENCE).own:  # before anything is kept
            raise refusal(reason("copy.no-outsider"))
    sha256 = files.keep(certificate.content) if certificate is not None else ""
    with performing(store, Act.ACCESS_ATTEND, request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.PRESENCE)
        kept = ""
        if certificate is not None:
            _bounded(doing, request)
            unit, content = doing.person.unit, certificate.content
            kept = on_record(doing, random, unit, SUBJECT, request, CERTIFICATE, file_name, content, sha256).id
        elif not _signed_before(doing, vault, asked, work_id):
            raise Invalid(
                "spot.certificate",
                "须上传工作证件、单位证明的扫描件或者照片",
                text_en="A scan or photograph of the work ID and the organ's certificate is needed",
                remedy="用平板电脑拍照后上传",
                remedy_en="Take a photograph with the tablet and upload it",
                field="file",
                article=matters.WORK_ID,
            )
        return enrol_on_the_spot(
            doing,
            vault,
            random=random,
            organ=asked.asker,
            name=name,
            work_id=work_id,
            certificate=kept,
            request=request,
        )


def _signed_before(doing: Performance, vault: Vault, request: AccessRequest, work_id: str) -> bool:
    known = {person.id for person in doing.uow.people.of_identity(identity_of(vault, work_id))}
    return any(signed.presence.officer in known for signed in request.presences)


def _bounded(doing: Performance, request: str) -> None:
    papers = [one for one in of_subject(doing, SUBJECT, request) if one.kind == CERTIFICATE]
    if len(papers) >= CERTIFICATES_MAX:
        raise Overloaded(
            "spot.many",
            f"一份申请最多保存 {CERTIFICATES_MAX} 份证件扫描件",
            text_en=f"At most {CERTIFICATES_MAX} scans of certificates are kept for one request",
            remedy="请有账号的人员签到",
            remedy_en="Let officers with accounts sign",
        )
