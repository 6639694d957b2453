"""Reads a repository with python-tuf (tuf>=7,<8) and prints what a client of it sees, as JSON.

usage: read_with_python_tuf.py BASE_URL TRUSTED_ROOT STATE_FOLDER
"""

import json
import os
import pathlib
import sys

from tuf.ngclient import Updater

TARGET = "motd/notices.json"


def main(base_url: str, trusted_root: str, folder: str) -> None:
    metadata = pathlib.Path(folder, "metadata")
    downloads = pathlib.Path(folder, "downloads")
    metadata.mkdir(parents=True, exist_ok=True)
    downloads.mkdir(parents=True, exist_ok=True)
    updater = Updater(
        metadata_dir=os.fspath(metadata),
        metadata_base_url=f"{base_url}/metadata/",
        target_dir=os.fspath(downloads),
        target_base_url=f"{base_url}/targets/",
        bootstrap=pathlib.Path(trusted_root).read_bytes(),
    )
    updater.refresh()
    info = updater.get_targetinfo(TARGET)
    if info is None:
        json.dump(None, sys.stdout)
        return
    path = updater.download_target(info)
    trusted = updater._trusted_set
    json.dump(
        {
            "custom": info.unrecognized_fields.get("custom"),
            "length": info.length,
            "bytes": pathlib.Path(path).read_bytes().hex(),
            "root": trusted.root.version,
            "timestamp": trusted.timestamp.version,
            "snapshot": trusted.snapshot.version,
            "motd": trusted["motd"].version,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
