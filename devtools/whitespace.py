"""Text files end with one line end and have no spaces at the end of lines.

Usage: python -m devtools.whitespace [--fix] FILE...
"""

import sys
from pathlib import Path


def cleaned(text):
    """The text as it should be."""
    lines = [line.rstrip(b" \t\r") for line in text.split(b"\n")]
    body = b"\n".join(lines).rstrip(b"\n")
    return body + b"\n" if body else b""


def is_text(content):
    """Whether a file holds text: the rule of git."""
    return b"\0" not in content[:8000]


def check(files, fix=False):
    """The files that are not as they should be (and now are, with ``fix``)."""
    bad = []
    for path in map(Path, files):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if is_text(content) and content != cleaned(content):
            bad.append(path)
            if fix:
                path.write_bytes(cleaned(content))
    return bad


def main(arguments):
    """Print the bad files; return the exit code."""
    fix = "--fix" in arguments
    files = [argument for argument in arguments if argument != "--fix"]
    bad = check(files, fix)
    for path in bad:
        print(f"{path}: spaces at the end of a line, or a wrong end of the file")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
