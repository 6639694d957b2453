"""The bundle of a sidecar (section 5.8): the one file that has everything below root."""

from __future__ import annotations

from tuf_motd.errors import NetworkError, PublisherError
from tuf_motd.json_text import read

NAME = "motd-bundle.json"
LIMIT = 1_048_576


def read_bundle(data: bytes, stage: str) -> dict[str, bytes]:
    """Read the files of a bundle, by the names that requests for them have (MOTD-BUNDLE-5)."""
    try:
        text = read(data.decode("utf-8"))
        if not isinstance(text.value, dict) or text.repeats_a_name:
            raise NetworkError(stage, "not-metadata")
        files: dict[str, bytes] = {}
        for name, file in text.value.items():
            if not isinstance(file, str):
                raise NetworkError(stage, "not-metadata")
            files[name] = file.encode("utf-8")
    except (PublisherError, UnicodeError) as error:
        raise NetworkError(stage, "not-metadata") from error
    return files
