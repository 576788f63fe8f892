"""Locks between several ./dev in one folder.

They are ``flock`` locks: the kernel gives them back however the holder ends, so a
killed ./dev leaves nothing locked.
"""

import contextlib
import fcntl
import os
import time

from . import paths
from .ui import DevError, say


class Lock:
    """A named lock. While held exclusively, its file says by whom."""

    def __init__(self, name, folder=None):
        self.path = (folder or paths.LOCKS) / f"{name}.lock"
        self._file = None

    def try_acquire(self, shared=False):
        """Take the lock if it is free; return whether it was."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self._file is None:
            self._file = self.path.open("a+")
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self, shared=False):
        """Take the lock, waiting for it if need be."""
        while not self.try_acquire(shared):
            time.sleep(0.1)

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *_exception):
        self.release()

    def sign(self, text):
        """Leave a word for those who find the lock taken."""
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()

    def holder(self):
        """The word left by the holder."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def release(self):
        if self._file is not None:
            self._file.close()
            self._file = None


@contextlib.contextmanager
def preparing(command):
    """Hold the lock for preparing environment and databases; wait for others."""
    lock = Lock("prepare")
    if not lock.try_acquire():
        say(
            f"Another ./dev is preparing this folder ({lock.holder()}). "
            "Waiting for it; Ctrl-C to give up, or stop that one first."
        )
        lock.acquire()
    lock.sign(f"./dev {command}, process {os.getpid()}")
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def serving(address):
    """Hold the lock of the one server that a folder may run."""
    lock = Lock("run")
    if not lock.try_acquire():
        raise DevError(
            f"./dev run already serves from this folder ({lock.holder()}).",
            "use that one, or stop it with Ctrl-C where it runs.",
        )
    lock.sign(f"{address}, process {os.getpid()}")
    try:
        yield
    finally:
        lock.release()
