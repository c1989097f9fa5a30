"""Opening a workbook that is protected by a password, in memory only."""

from __future__ import annotations

import io

from tracker.problems import Problem, codes, problem

MOST_SPINS = 1_000_000
"""Rounds of hashing a file may ask for: Excel asks for 100,000, a hostile file for hours."""


MOST_ABOUT = 65_536
"""Bytes that say how a file is encrypted: 2 kB of XML, of which a hostile file makes gigabytes of objects."""


def lock(content: bytes, password: str) -> bytes:
    """The workbook's bytes under the password they were opened with; nothing of it touches the disk."""
    from msoffcrypto.format.ooxml import OOXMLFile

    file = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, file)
    return file.getvalue()


def unlock(content: bytes, password: str, name: str) -> tuple[bytes, list[Problem]]:
    """The workbook's bytes as they are without the password; nothing of it touches the disk."""
    import msoffcrypto
    import olefile  # type: ignore[import-untyped]  # what msoffcrypto itself reads with; ships no types
    from msoffcrypto.exceptions import InvalidKeyError

    plain = io.BytesIO()
    try:
        about = olefile.OleFileIO(io.BytesIO(content)).get_size("EncryptionInfo")
        file = msoffcrypto.OfficeFile(io.BytesIO(content)) if about <= MOST_ABOUT else None
        if file is None or getattr(file, "info", {}).get("spinValue", 0) > MOST_SPINS:
            reason = "its encryption asks for more work than any program's"
            return b"", [problem(codes.WORKBOOK_DAMAGED, file=name, reason=reason)]
        try:
            file.load_key(password=password, verify_password=True)
        except InvalidKeyError:
            return b"", [problem(codes.WRONG_PASSWORD, file=name)]
        file.decrypt(plain)
    except Exception:  # noqa: BLE001  the library raises anything on a damaged file
        return b"", [problem(codes.WORKBOOK_DAMAGED, file=name, reason="an encryption that cannot be read")]
    return plain.getvalue(), []
