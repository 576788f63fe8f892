"""Odoo 19 from the Debian package, made whole again.

Debian takes some files out of the package and links to packages of its own instead.
"""

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from . import debian, npm
from .odoo_source import Source
from .settings import LANGUAGES
from .ui import DevError, warn

# The suite is a moving target: this is the version we tested.
SUITE, PACKAGE, TESTED_VERSION = "sid", "odoo-19", "19.0.0+dfsg-1"
LINKED_PACKAGES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
PREFIX = "usr/lib/python3/dist-packages"
WITHOUT_THESE_NOTHING_WORKS = (
    "web/static/lib/jquery/jquery.js",
    "web/static/src/libs/fontawesome/fonts/fontawesome-webfont.woff2",
    "web/static/fonts/google/Roboto/Roboto-Regular.ttf",
)

# Blurs the background of video calls. Without the file every page of the backend logs
# an error in the browser, which fails every tour.
SELFIE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
SELFIE_PACKAGE = "@mediapipe/selfie_segmentation@0.1.1675465747"
SELFIE_SHA256 = "7767b33eaa68990ee06c28bbb89f39a13a47ebb07ff0f1fd4947d9e817bb9bf9"
SELFIE_STUB = "// blurs the background of video calls: not available here\n"


def fetch(target, progress):
    """Unpack the package and what it links to; return the Source."""
    apt = debian.PrivateApt(SUITE)
    progress.note("downloading, about 145 MB")
    package, *linked = apt.download([PACKAGE, *LINKED_PACKAGES])
    version = apt.candidate(PACKAGE)
    if version != TESTED_VERSION:
        warn(f"Debian has {PACKAGE} {version} now; tested is {TESTED_VERSION}.")
    progress.note("unpacking")
    unpack_odoo(package, target)
    for file in linked:
        debian.unpack(file, target)
    addons = target / PREFIX / "odoo" / "addons"
    put_icon_font(addons / "web" / "static")
    put_selfie(addons)
    for name in WITHOUT_THESE_NOTHING_WORKS:
        if not (addons / name).is_file():
            raise DevError(
                f"The Debian package lacks {name}.", "set ODOO_PATH to a checkout."
            )
    return Source("debian", str(target / PREFIX), version)


def is_wanted(name):
    """Leave out what would cost most of the time and space: 1.2 GB become 0.3."""
    if not re.match(rf"\./{PREFIX}/odoo(/|$)", name):
        return False
    if "/addons/l10n_" in name or "/i18n_extra/" in name:
        return False
    folder, _, file = name.rpartition("/")
    if not folder.endswith("/i18n"):
        return True
    codes = {code for lang in LANGUAGES for code in (lang, lang.partition("_")[0])}
    return file.removesuffix(".po") in codes


def unpack_odoo(package, target):
    """Unpack the wanted files of the package."""
    # older 3.10 and 3.11 have no filters; there, everything is trusted anyway
    trust = {"filter": "fully_trusted"} if hasattr(tarfile, "data_filter") else {}
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                if is_wanted(member.name):
                    archive.extract(member, target, set_attrs=False, **trust)
    if process.returncode:
        raise DevError(
            f"{package.name} could not be unpacked.",
            "remove it with `./dev clean --all` and run the command again.",
        )


def put_icon_font(static):
    """Put Font Awesome 4.7 where Odoo has it; Debian's is version 7 without these."""
    from xstatic.pkg import font_awesome

    for folder in (static / "lib", static / "src" / "libs"):
        for place in (folder / "fontawesome" / "fonts").iterdir():
            font = Path(font_awesome.BASE_DIR) / "fonts" / place.name
            if place.is_symlink() and font.is_file():
                place.unlink()
                shutil.copy(font, place)


def put_selfie(addons):
    """Put the file that Debian took out, or an empty one."""
    place = addons / SELFIE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(selfie_from_npm() or SELFIE_STUB)


def selfie_from_npm():
    """The file from the npm package, or None where that can't be had."""
    try:
        archive = npm.pack(SELFIE_PACKAGE, SELFIE_SHA256)
        with tarfile.open(archive) as content:
            return content.extractfile("package/selfie_segmentation.js").read().decode()
    except (DevError, OSError, KeyError, ValueError, tarfile.TarError):
        return None
