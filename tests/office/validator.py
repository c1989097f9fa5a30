"""What a validator of the Office formats finds wrong with a file. One validator serves all tests of a process."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from openxml_audit import OpenXmlValidator

if TYPE_CHECKING:
    from pathlib import Path


def format_faults(path: Path) -> list[str]:
    """Every fault in a workbook or a Word document; none where the file is valid."""
    result = _validator().validate(str(path))
    return [str(error) for error in result.errors] or ([] if result.is_valid else ["not valid"])


@cache
def _validator() -> Any:
    """It holds a part against the schema once: the styles are nine tenths of a short document, and always the same."""
    validator = OpenXmlValidator()
    schema = validator._schema_validator  # noqa: SLF001  it offers no other way to leave out a part
    validate, faultless = schema.validate_part, set()

    def validate_once(part: Any, context: Any) -> Any:
        key = part.uri, part.content_type, hashlib.sha256(part.raw_content).digest()
        if key not in faultless:
            before = len(context.errors)
            validate(part, context)
            if len(context.errors) == before:
                faultless.add(key)
        return context.errors

    schema.validate_part = validate_once
    return validator
