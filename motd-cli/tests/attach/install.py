"""Installs packages with python-tuf (tuf>=7,<8), as an installer of its own would, and prints what happened as JSON.

usage: install.py BASE_URL TRUSTED_ROOT STATE_FOLDER

First all packages; then, in the same session, the notices, whatever becomes of them; then all packages again.
"""

import json
import sys
from pathlib import Path

from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.ngclient import Updater

PACKAGES = [f"packages/demo/demo-{number}.0.tar.gz" for number in range(1, 10)]


def install(updater: Updater) -> list[str]:
    contents = []
    for path in PACKAGES:
        info = updater.get_targetinfo(path)
        contents.append(Path(updater.download_target(info)).read_text())
    return contents


def main(base_url: str, trusted_root: str, folder: str) -> None:
    metadata = Path(folder, "metadata")
    downloads = Path(folder, "downloads")
    metadata.mkdir(parents=True, exist_ok=True)
    downloads.mkdir(parents=True, exist_ok=True)
    updater = Updater(
        metadata_dir=str(metadata),
        metadata_base_url=f"{base_url}/metadata/",
        target_dir=str(downloads),
        target_base_url=f"{base_url}/targets/",
        bootstrap=Path(trusted_root).read_bytes(),
    )
    updater.refresh()
    before = install(updater)
    fetched_for_packages = "motd" in updater._trusted_set
    try:
        info = updater.get_targetinfo("motd/notices.json")
        notices = "none" if info is None else Path(updater.download_target(info)).read_text()
    except (DownloadError, RepositoryError) as error:
        notices = type(error).__name__
    for file in downloads.iterdir():
        file.unlink()
    json.dump(
        {
            "before": before,
            "after": install(updater),
            "notices": notices,
            "fetched_for_packages": fetched_for_packages,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
