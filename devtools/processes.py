"""Running other programs: output to a log, failures as one sentence."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys

from . import paths
from .ui import DevError

#: Seconds that an interrupted program gets to clean up after itself.
PATIENCE = 30

PR_SET_PDEATHSIG = 1
# loaded here, because little is safe between fork and exec
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# What programs print when ... -> the sentence and the way out.
KNOWN_CAUSES = (
    (
        ("No space left on device", "Disk quota exceeded"),
        "The disk is full.",
        "free some space (about 3 GB are needed) and run the command again; "
        "`./dev clean --all` removes everything ./dev has made.",
    ),
    (
        (
            "Could not resolve",
            "Temporary failure",
            "Name or service not known",
            "Network is unreachable",
            "Connection refused",
            "Connection timed out",
            "dns error",
            "ENOTFOUND",
            "EAI_AGAIN",
            "Failed to fetch",
            "error sending request",
        ),
        "The network, or what was asked there, can't be reached.",
        "check the connection and the proxy settings, then run the command again: "
        "it goes on where it stopped.",
    ),
)


def explain(output, problem, way_out, details=""):
    """The error for a failed program: a known cause, else what the caller says."""
    for signs, known_problem, known_way_out in KNOWN_CAUSES:
        if any(sign in output for sign in signs):
            return DevError(f"{problem} {known_problem}", known_way_out)
    return DevError(problem, way_out, details)


def run(command, *, log, problem, way_out, **options):
    """Run a program to its end with its output in a log file; raise if it fails."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log_path = paths.LOGS / f"{log}.log"
    with log_path.open("w") as out:
        try:
            code = subprocess.call(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                **options,
            )
        except FileNotFoundError as error:
            raise DevError(
                f"{problem} ({error.filename} is missing)", way_out
            ) from None
    output = log_path.read_text(errors="replace")
    if code:
        raise explain(
            output, problem, f"{way_out} Log: {shown(log_path)}", tail(output)
        )
    return output


def tail(text, lines=15):
    """The last lines of an output."""
    return "\n".join(text.rstrip().splitlines()[-lines:])


def shown(path):
    """A path as the user would write it."""
    try:
        return os.path.relpath(path, paths.ROOT)
    except ValueError:
        return str(path)


def die_with_parent():
    """In a new child: end when ./dev ends, even when that is killed (Linux)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command, *, log_path, env=None, cwd=None):
    """Start a program in its own session, so that Ctrl-C reaches only ./dev."""
    with log_path.open("w") as out:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
            env=env,
            cwd=cwd,
        )


def run_in_front(command, env):
    """Run a program that the user watches; return its exit code.

    In our own session, so that a debugger can read from the terminal.
    """
    process = subprocess.Popen(
        [str(part) for part in command], env=env, preexec_fn=die_with_parent
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        # from the terminal it has reached the program, too
        if not sys.stdin.isatty():
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        raise
    finally:
        stop(process)


def stop(process, patience=10):
    """End a program that ``start`` started, and what it started in turn."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
