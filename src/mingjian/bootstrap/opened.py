"""What several processes open in the same way: database, ledger store, volumes, catalogue, readers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from mingjian.adapters.argon2_passwords import Argon2Passwords
from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.database import open_engine, sqlite_url
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.journal_file import JournalFile
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.oidc import HttpProvider
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.sql_store import SqlStore
from mingjian.adapters.system_clock import SystemClock
from mingjian.adapters.vault import AesVault, open_vault
from mingjian.app.credentials import PasswordPolicy, policy_of
from mingjian.app.identity import IdentityKeeper
from mingjian.app.provider_sign_in import ProviderRules
from mingjian.bootstrap.ledger_keys import LedgerKeys, ledger_keys
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.volumes import FoundVolumes, find_registered
from mingjian.storage.reader import FragmentReader
from mingjian.storage.volume import Volume


@dataclass(frozen=True, slots=True)
class Opened:
    """One installation as a process sees it. Opening makes keys on first use; it never changes a database's schema."""

    places: DataDirectory
    settings: Settings
    clock: SystemClock
    disk: OsDisk
    vault: AesVault
    engine: Engine
    ledger: LedgerStore
    store: SqlStore
    keys: LedgerKeys
    catalogue: SqliteCatalogue

    def find_volumes(self) -> FoundVolumes:
        """The registered volumes, verified now, and what is wrong with the others."""
        return find_registered(self.places, self.settings)

    def volumes(self) -> list[Volume]:
        """The registered volumes that verify now. Raises what is wrong with the first where none does."""
        return self.find_volumes().or_refuse()

    def reader(self, volumes: list[Volume]) -> FragmentReader:
        """Fragments by wall time; every byte is checked against the chain before it leaves."""
        return FragmentReader(self.disk, volumes, self.catalogue, self.clock)


def open_installation(data: Path, settings: Settings, *, keeps_catalogue: bool = False) -> Opened:
    """Open everything of the data directory `data`. One process, the keeper, makes and mends the catalogue's file."""
    places = DataDirectory(data)
    places.create()
    engine = open_engine(settings.database_url or sqlite_url(places.database))
    ledger = LedgerStore(secrets.token_bytes)
    return Opened(
        places=places,
        settings=settings,
        clock=SystemClock(),
        disk=OsDisk(),
        vault=open_vault(places.keys / "secret.key"),
        engine=engine,
        ledger=ledger,
        store=SqlStore(engine, ledger),
        keys=ledger_keys(places),
        catalogue=SqliteCatalogue(places.catalogue, keeps=keeps_catalogue),
    )


def open_journal(opened: Opened) -> JournalFile:
    """What takes the entries of lawful access while the ledger is away. One for each process."""
    signer = Ed25519FileSigner.create(opened.places.keys / "journal.pem", opened.keys.origin)
    return JournalFile(opened.places.journal, signer)


def password_policy(opened: Opened) -> PasswordPolicy:
    """The rules of pass-phrases and idle sessions of this installation."""
    return policy_of(opened.settings.sign_in_rules, opened.settings.password_days)


def provider_rules(opened: Opened) -> ProviderRules | None:
    """The identity provider of this installation, which nobody is asked for before somebody signs in by it."""
    said = opened.settings
    if not said.oidc_issuer:
        return None
    provider = HttpProvider(said.oidc_issuer, said.oidc_client_id, said.oidc_client_secret, opened.clock)
    ways = frozenset(word for part in said.oidc_factor_words.split(",") if (word := part.strip()))
    return ProviderRules(
        provider, said.oidc_label, said.oidc_label_en, said.oidc_second_factor, ways, sign_out=said.oidc_sign_out
    )


def identity_keeper(opened: Opened) -> IdentityKeeper:
    """Sign-in over the installation's database and vault."""
    needed = opened.settings.administrators_need_key
    return IdentityKeeper(
        opened.store,
        Argon2Passwords(),
        opened.vault,
        password_policy(opened),
        administrators_need_key=opened.settings.installation == "standard" if needed is None else needed,
    )
