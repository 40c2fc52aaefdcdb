"""Signing keys in files: Ed25519 through `cryptography`, SM2 through the machine's OpenSSL.

A key file is made once with mode 0600 and never leaves its folder; OpenSSL gets it by path, never as an argument's
content. Certified devices (SDF, SKF) can stand behind the same `audit.note.Signer` port.
"""

from __future__ import annotations

import base64
import os
import shutil
import stat
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from mingjian.audit.note import Algorithm, VerifierKey, check_name
from mingjian.kernel.errors import LocalError

KEY_MODE = 0o600
SM2_ID = "1234567812345678"
"""The default signer id of GM/T 0009: verifiers use it where none is agreed."""
OPENSSL_TIMEOUT_S = 10
"""One signature takes 10 ms; a process that hangs must not hold the publisher."""
_SPKI_SM2 = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""SubjectPublicKeyInfo of an SM2 point up to the point itself."""


class Ed25519FileSigner:
    """An Ed25519 key in a PEM file. With `algorithm=COSIGNATURE` it is a witness's key."""

    def __init__(self, path: Path, name: str, *, algorithm: Algorithm = Algorithm.ED25519) -> None:
        """Read the key. Raises LocalError when it is missing, open to others, or no Ed25519 key."""
        check_name(name)
        _check_mode(path)
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as error:
            raise LocalError(
                "key.unreadable",
                f"密钥文件无法读取: {path}",
                text_en=f"The key file cannot be read: {path}",
                remedy="从备份恢复该文件",
                remedy_en="Restore this file from a backup",
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise LocalError("key.kind", f"{path} 不是 Ed25519 密钥", text_en=f"{path} is not an Ed25519 key")
        self._key = key
        self.name = name
        self.algorithm = algorithm
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = VerifierKey(name, algorithm, self.public).key_id

    @classmethod
    def create(cls, path: Path, name: str, *, algorithm: Algorithm = Algorithm.ED25519) -> Ed25519FileSigner:
        """Make the key where there is none; an existing one is opened and never replaced."""
        if not path.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            _write_key(path, pem)
        return cls(path, name, algorithm=algorithm)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class Sm2OpensslSigner:
    """An SM2 key (GB/T 32918) in a PEM file, used by `openssl dgst -sm3 -sign`. Signatures are DER."""

    algorithm = Algorithm.SM2

    def __init__(self, path: Path, name: str) -> None:
        """Open the key. Raises LocalError when it is missing, open to others, or OpenSSL has no SM2."""
        check_name(name)
        _check_mode(path)
        self._path = path
        self.name = name
        self.public = _public_point(_openssl("pkey", "-in", str(path), "-pubout", "-outform", "DER"), path)
        self.key_id = VerifierKey(name, self.algorithm, self.public).key_id

    @classmethod
    def create(cls, path: Path, name: str) -> Sm2OpensslSigner:
        """Make the key where there is none; an existing one is opened and never replaced."""
        if not path.exists():
            _write_key(path, _openssl("genpkey", "-algorithm", "SM2"))
        return cls(path, name)

    def sign(self, message: bytes) -> bytes:
        return _openssl(
            "dgst", "-sm3", "-sign", str(self._path), "-sigopt", f"distid:{SM2_ID}", given=message
        )  # fmt: skip


def sm2_available() -> bool:
    """Whether this machine's OpenSSL can make SM2 keys."""
    try:
        _openssl("genpkey", "-algorithm", "SM2")
    except LocalError:
        return False
    return True


def sm2_valid(public: bytes, message: bytes, signature: bytes) -> bool:
    """`audit.note.Sm2Verify` through OpenSSL. Raises LocalError where OpenSSL is missing."""
    program = _program()
    with _memory_file(_pem(_SPKI_SM2 + public)) as key, _memory_file(signature) as proof:
        arguments = ["dgst", "-sm3", "-verify", key.path, "-sigopt", f"distid:{SM2_ID}", "-signature", proof.path]
        done = subprocess.run(  # noqa: S603 - fixed program, fixed arguments, no shell
            [program, *arguments],
            input=message,
            capture_output=True,
            timeout=OPENSSL_TIMEOUT_S,
            check=False,
            pass_fds=(key.descriptor, proof.descriptor),
        )
    return done.returncode == 0


class _memory_file:
    """Bytes as an anonymous file that a child process opens by `/dev/fd/N`; nothing touches the disk."""

    def __init__(self, content: bytes) -> None:
        self.descriptor = os.memfd_create("mingjian")
        os.write(self.descriptor, content)
        self.path = f"/dev/fd/{self.descriptor}"

    def __enter__(self) -> _memory_file:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)


def _program() -> str:
    found = shutil.which("openssl")
    if found is None:
        raise LocalError(
            "sm2.no-openssl",
            "本机没有 openssl，无法使用 SM2 签名",
            text_en="This machine has no openssl, so SM2 cannot sign",
            remedy="安装 openssl 1.1.1 以上版本",
            remedy_en="Install openssl 1.1.1 or later",
        )
    return found


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    """Run OpenSSL. Raises LocalError with its last line; arguments hold paths only, so the message is safe."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, arguments are ours, no shell
            [_program(), *arguments], input=given, capture_output=True, timeout=OPENSSL_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise LocalError(
            "sm2.timeout",
            f"openssl {arguments[0]} 在 {OPENSSL_TIMEOUT_S} 秒内没有结束",
            text_en=f"openssl {arguments[0]} did not end within {OPENSSL_TIMEOUT_S} s",
        ) from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [""]
        raise LocalError(
            "sm2.unsupported",
            f"openssl {arguments[0]} 不能使用 SM2: {lines[-1][:200]}",
            text_en=f"openssl {arguments[0]} cannot use SM2: {lines[-1][:200]}",
            remedy="需要支持 SM2 的 OpenSSL（1.1.1 以上，编译时未关闭 SM2）",
            remedy_en="Install an OpenSSL with SM2 (1.1.1 or later, built without disabling SM2)",
        )
    return done.stdout


def _public_point(der: bytes, path: Path) -> bytes:
    point = der.removeprefix(_SPKI_SM2)
    if len(point) != 65 or point[0] != 4 or point == der:
        raise LocalError("key.kind", f"{path} 不是 SM2 密钥", text_en=f"{path} is not an SM2 key")
    return point


def _pem(der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"-----END PUBLIC KEY-----\n"


def _check_mode(path: Path) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError as error:
        raise LocalError(
            "key.missing",
            f"缺少密钥文件 {path}",
            text_en=f"The key file {path} is missing",
            remedy="从备份恢复，切勿换用新密钥",
            remedy_en="Restore it from a backup; never use a new key in its place",
        ) from error
    if mode & 0o077:
        raise LocalError(
            "key.exposed",
            f"密钥文件 {path} 的权限为 {mode:o}，他人可以访问",
            text_en=f"The key file {path} has mode {mode:o} and is open to others",
            remedy=f"运行 chmod 600 {path}",
            remedy_en=f"Run chmod 600 {path}",
        )


def _write_key(path: Path, pem: bytes) -> None:
    """Write a new key durably; two racing starts cannot both succeed (`O_EXCL` on the fresh name, link to the last)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_MODE)
    try:
        os.write(descriptor, pem)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was first; its key is the key
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
