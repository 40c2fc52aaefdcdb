"""Asking witnesses for their line (C2SP tlog-witness) and knowing since when each is silent.

A witness that cannot be reached never holds up publishing; one that contradicts us is an alarm, not a reason to fork.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from mingjian.audit import checkpoint, note, witness
from mingjian.audit.note import Note, Signature, VerifierKey
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import RemoteError

TIMEOUT_S = 3.0
"""A witness answers in milliseconds; a silent one delays a publish by no more than this, and rarely."""
RETRY_NS = 30 * SECOND_NS
"""After a failure the witness is left alone this long, so that publishing keeps its second."""
MAX_ANSWER_BYTES = note.MAX_NOTE_BYTES
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from `add-checkpoint`."""

    status: int
    content_type: str
    body: str


class WitnessPeer(Protocol):
    """One witness. `add_checkpoint` raises RemoteError when there is no answer."""

    @property
    def key(self) -> VerifierKey: ...
    def add_checkpoint(self, body: bytes) -> Answer: ...


class HttpWitness:
    """A witness over HTTP; its answer is read up to a bound, redirects are not followed."""

    def __init__(self, url: str, key: VerifierKey, client: httpx.Client | None = None) -> None:
        self.key = key
        self._url = url.rstrip("/") + "/add-checkpoint"
        self._client = client or httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    def add_checkpoint(self, body: bytes) -> Answer:
        try:
            with self._client.stream("POST", self._url, content=body) as response:
                data = b""
                for part in response.iter_bytes():
                    data += part
                    if len(data) > MAX_ANSWER_BYTES:
                        raise RemoteError(
                            "witness.answer",
                            f"见证方 {self.key.name} 的回答过长",
                            text_en=f"The answer of witness {self.key.name} is too long",
                        )
        except httpx.HTTPError as error:
            raise RemoteError(
                "witness.unreachable",
                f"见证方 {self.key.name} 无法连接（{type(error).__name__}）",
                text_en=f"Witness {self.key.name} cannot be reached ({type(error).__name__})",
                remedy="检查见证服务与网络；恢复后自动补签",
                remedy_en="Check the witness service and the network; missing signatures are made up for by themselves",
            ) from error
        return Answer(response.status_code, response.headers.get("content-type", ""), data.decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class WitnessStanding:
    """How one witness stands towards the published head."""

    name: str
    size: int
    """The size it last cosigned, as far as this process knows."""
    unwitnessed_since: UtcNs | None
    """Since when it has not cosigned what was published; None while it keeps up."""
    problem: str
    """Code of the last failure; empty while all is well. `witness.contradicts` needs a person at once."""


@dataclass
class _State:
    size: int = 0
    since: UtcNs | None = None
    problem: str = ""
    retry_at_ns: int | None = None


@dataclass
class Witnesses:
    """All configured witnesses; none is a valid choice and then nothing is asked."""

    peers: Sequence[WitnessPeer]
    clock: Clock
    _states: dict[str, _State] = field(default_factory=dict)

    def keys(self) -> list[VerifierKey]:
        return [peer.key for peer in self.peers]

    def cosign(self, signed: Note, prove: Callable[[int], Sequence[bytes]]) -> list[Signature]:
        """Ask each witness that has not cosigned `signed` yet; the lines that verify. `prove(old)` gives the proof."""
        have = checkpoint.witnesses(signed, self.keys())
        lines: list[Signature] = []
        for peer in self.peers:
            state = self._state(peer)
            head = checkpoint.parse_text(signed.text)
            if peer.key.name in have:
                self._agreed(state, head.size)
                continue
            if state.since is None:
                state.since = self.clock.now()
            if state.retry_at_ns is not None and self.clock.monotonic_ns() < state.retry_at_ns:
                continue
            try:
                lines.append(self._ask(peer, state, signed, head.size, prove))
            except RemoteError as error:
                state.problem = error.code
                state.retry_at_ns = self.clock.monotonic_ns() + RETRY_NS
            else:
                self._agreed(state, head.size)
        return lines

    def ahead_of(self, size: int, signed: Note) -> int | None:
        """The size that a witness holds beyond ours, or None. Witnesses that do not answer are passed over."""
        for peer in self.peers:
            state = self._state(peer)
            try:
                answer = peer.add_checkpoint(witness.encode(size, (), signed))
                if (held := _held(answer)) is not None:
                    state.size = held
                    if held > size:
                        return held
            except RemoteError as error:
                state.problem = error.code
        return None

    def standings(self, size: int) -> tuple[WitnessStanding, ...]:
        """How each stands; `size` is the published one."""
        return tuple(
            WitnessStanding(
                peer.key.name, state.size, state.since if state.size != size or state.problem else None, state.problem
            )
            for peer in self.peers
            for state in [self._state(peer)]
        )

    def _ask(
        self, peer: WitnessPeer, state: _State, signed: Note, size: int, prove: Callable[[int], Sequence[bytes]]
    ) -> Signature:
        old = min(state.size, size)
        answer = peer.add_checkpoint(witness.encode(old, prove(old), signed))
        held = _held(answer)
        if held is not None and held != old:
            if held > size:
                raise RemoteError(
                    "witness.contradicts",
                    f"见证方 {peer.key.name} 已见过 {held} 条，多于本账本 {size} 条",
                    text_en=f"Witness {peer.key.name} has seen {held} entries, more than the {size} of this ledger",
                )
            state.size = held
            answer = peer.add_checkpoint(witness.encode(held, prove(held), signed))
        if answer.status in (409, 422):
            raise RemoteError(
                "witness.contradicts",
                f"见证方 {peer.key.name} 拒绝签署：与它见过的账本不一致",
                text_en=f"Witness {peer.key.name} refuses to sign: this ledger contradicts the one it has seen",
            )
        if answer.status != 200:
            raise RemoteError(
                "witness.refused",
                f"见证方 {peer.key.name} 回答 {answer.status}",
                text_en=f"Witness {peer.key.name} answered {answer.status}",
            )
        for line in note.parse_signatures(answer.body):
            alone = Note(signed.text, (line,))
            if checkpoint.cosigned_at(alone, peer.key) is not None:
                return line
        raise RemoteError(
            "witness.bad-signature",
            f"见证方 {peer.key.name} 的签名无效",
            text_en=f"The signature of witness {peer.key.name} is not valid",
            remedy="核对见证方公钥",
            remedy_en="Check the public key of the witness",
        )

    def _state(self, peer: WitnessPeer) -> _State:
        return self._states.setdefault(peer.key.name, _State())

    def _agreed(self, state: _State, size: int) -> None:
        state.size, state.since, state.problem, state.retry_at_ns = size, None, "", None


def _held(answer: Answer) -> int | None:
    """The size a 409 answer names."""
    text = answer.body.removesuffix("\n")
    if answer.status == 409 and answer.content_type.startswith(witness.SIZE_TYPE) and _SIZE.fullmatch(text):
        return int(text)
    return None
