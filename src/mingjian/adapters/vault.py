"""AES-256-GCM under the installation's secret key: camera passwords, TOTP seeds, recorder assignments."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mingjian.kernel.errors import LocalError

KEY_BYTES = 32
NONCE_BYTES = 12
"""NIST SP 800-38D: 96 random bits; one key seals far fewer than 2^32 texts."""
FORMAT = b"\x01"


class AesVault:
    """`app.ports.Vault` over one key file. The key is in memory and in that file only."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._tagging = hmac.digest(key, b"mingjian tag", "sha256")
        self._key = key

    def __repr__(self) -> str:
        return "AesVault()"

    def derive(self, label: str) -> bytes:
        """A key of 32 bytes for another purpose: it tells neither the vault's key nor another label's (RFC 5869)."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"mingjian " + label.encode()).derive(self._key)

    def seal(self, plain: bytes, *, context: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            if sealed[:1] != FORMAT or len(nonce) != NONCE_BYTES:
                raise InvalidTag
            return self._cipher.decrypt(nonce, body, context.encode())
        except InvalidTag:
            raise LocalError(
                "vault.damaged",
                f"不能解密 {context.split(':')[0]}：密钥不符或者内容损坏",
                text_en=f"Cannot decrypt {context.split(':')[0]}: wrong key or damaged content",
                remedy="恢复与数据库同一时期备份的 keys/secret.key",
                remedy_en="Restore the keys/secret.key that was backed up with this database",
            ) from None

    def tag(self, plain: str, *, context: str) -> str:
        return hmac.new(self._tagging, f"{context}\0{plain}".encode(), "sha256").hexdigest()


def open_vault(path: Path) -> AesVault:
    """The vault of a key file, which is made on first use (0600). Raises LocalError when it is not such a file."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        try:
            os.write(descriptor, secrets.token_bytes(KEY_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise LocalError(
            "vault.key",
            f"{path} 不是 {KEY_BYTES} 字节的密钥文件",
            text_en=f"{path} is not a key file of {KEY_BYTES} bytes",
            remedy="从备份恢复该文件",
            remedy_en="Restore the file from its backup",
        )
    if path.stat().st_mode & 0o077:
        raise LocalError(
            "vault.permissions",
            f"{path} 可被其他用户读取",
            text_en=f"{path} can be read by other users",
            remedy=f"运行 chmod 600 {path}",
            remedy_en=f"Run chmod 600 {path}",
        )
    return AesVault(key)
