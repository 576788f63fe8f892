"""What the user sees: errors with a way out, steps with their progress."""

import contextlib
import sys
import threading
import time


class DevError(Exception):
    """Something the user can do something about: one sentence and a way out."""

    def __init__(self, problem, way_out, details=""):
        super().__init__(problem)
        self.problem = problem
        self.way_out = way_out
        self.details = details

    def __str__(self):
        parts = [f"Error: {self.problem}", f"Way out: {self.way_out}"]
        if self.details:
            parts.insert(0, self.details.rstrip() + "\n")
        return "\n".join(parts)


def say(text=""):
    """Print one line, at once."""
    print(text, flush=True)


def warn(text):
    """Print a line that should not be overlooked."""
    print(f"WARNING: {text}", file=sys.stderr, flush=True)


class Step:
    """A piece of work that takes a while. ``note`` tells how far it is."""

    # Into a file or a CI log, a sign of life every half a minute is enough.
    quiet_interval = 30

    def __init__(self, title):
        self.title = title
        self.text = ""
        self.started = time.monotonic()
        self.is_terminal = sys.stdout.isatty()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    @property
    def seconds(self):
        return time.monotonic() - self.started

    def note(self, text):
        self.text = text

    def begin(self):
        if not self.is_terminal:
            say(f"- {self.title} ...")
        self._thread.start()

    def end(self, outcome):
        self._done.set()
        self._thread.join()
        line = f"- {self.title}: {outcome}, {self.seconds:.1f} s"
        if self.is_terminal:
            print(f"\r\033[K{line}", flush=True)
        elif self.seconds > 2 or outcome != "done":
            say(line)

    def _tick(self):
        interval = 0.2 if self.is_terminal else self.quiet_interval
        while True:
            if self.is_terminal:
                line = f"- {self.title} ... {self.seconds:.0f} s {self.text}"
                print(f"\r\033[K{line[:110]}", end="", flush=True)
            if self._done.wait(interval):
                return
            if not self.is_terminal:
                say(f"  ... {self.seconds:.0f} s {self.text}")


@contextlib.contextmanager
def step(title):
    """Show a piece of work while it goes on, and how long it took."""
    current = Step(title)
    current.begin()
    try:
        yield current
    except BaseException:
        current.end("not finished")
        raise
    current.end("done")
