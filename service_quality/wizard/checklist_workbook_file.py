"""Opening a workbook that anybody may have made, or broken."""

import io
import zipfile

from openpyxl import load_workbook

from odoo.exceptions import UserError

#: Of the file as it is sent, and of everything it unpacks to.
MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_PARTS = 200


def open_workbook(env, content):
    """Return a workbook to read, or refuse what is none.

    :param env: of the user, for the error messages
    :param bytes content: the file
    :raise UserError: too big, damaged, or something else
    """
    no_workbook = env._(
        "This file is no XLSX workbook. Export a template to get one to start from."
    )
    if len(content) > MAX_BYTES:
        raise UserError(env._("The file is too big: at most 5 MB."))
    try:
        _check_parts(env, content)
        return load_workbook(io.BytesIO(content), read_only=True)
    except UserError:
        raise
    # Whatever a broken file does to the libraries, the answer is the same
    except Exception as error:
        raise UserError(no_workbook) from error


def _check_parts(env, content):
    """Refuse what unpacks to more than it seems, before anything unpacks it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or size > MAX_UNPACKED:
            raise UserError(env._("The workbook unpacks to too much data."))
        for part in parts:
            with archive.open(part) as stream:
                # A workbook declares no entities; whoever does means harm
                if b"<!DOCTYPE" in stream.read(4096).upper():
                    raise UserError(env._("The workbook is damaged."))
