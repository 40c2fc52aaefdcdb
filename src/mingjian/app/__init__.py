"""Acts: one function, one transaction, one ledger entry. Only this room makes a Grant."""
