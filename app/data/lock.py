"""One process writes a SQLite file: the one that holds the lock beside it.

Two processes that write, or fold the log into the file, at the same moment can damage it with any SQLite before 3.51.3.
"""

import contextlib
import fcntl
import os
from pathlib import Path


class InUse(Exception):
    """Another process writes to this database; the text says which one and to which."""


class WriterLock:
    """Held while anybody in this process is in `holders`; the system takes it back when the process dies.

    The file stays: whoever removed it would let in a second process, which locks a new file of the same name.
    """

    def __init__(self, database: str) -> None:
        self.database = database
        self.path = Path(f"{database}.lock")
        self.holders: set[object] = set()

    def take(self, holder: object) -> None:
        """Raises InUse when another process holds it."""
        if not self.holders:
            self._handle = self._locked()
        self.holders.add(holder)

    def give(self, holder: object) -> None:
        """Once, twice, or by somebody who never took it: all the same."""
        if holder in self.holders:
            self.holders.discard(holder)
            if not self.holders:
                os.close(self._handle)

    def _locked(self) -> int:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            os.close(handle)
            raise InUse(f"another Cairn (process {who}) is writing to {self.database}") from None
        with contextlib.suppress(OSError):  # a full disk: the lock holds, only its holder's number is not told
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        return handle
