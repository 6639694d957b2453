"""Write stories.json: repositories that python-tuf makes and signs, and what an installer has to find in them.

    python generate.py           write stories.json beside this file
    python generate.py --check   compare it, and end with 1 if it is another

python-tuf 7 is needed, and nothing else. The keys are those of fixed seeds, and every byte is the same in every run.

The file is one object:

- `files`: name to text. A name is the beginning of the text's SHA-256.
- `stories`: each with `id`, `title`, `requirements`, `side`, `base`, `fault`, `root` (the name of the trusted root in
  `files`) and `steps`. A step is an explicit check with the state that the steps before it left. Its `site` is path to
  name in `files`; every other path is answered with 404, and those in `answers` with the status that stands there. `now`
  is the time of the check. `expect` has `state`, `failure` and `exit_status` as section 6.12 defines them, and `show`: the
  ids of all notices with the decision `show`, in any order. The repository is `pypi.org`; nothing is displayed, so a
  notice is new in every step.

What is expected was written from the specification, sections 6.3 to 6.6, and from no implementation.
"""

from __future__ import annotations

import sys
from pathlib import Path

import freshness
import search
import shapes
import signing
from book import Book

STORIES = Path(__file__).with_name("stories.json")


def main(arguments: list[str]) -> int:
    """Write the stories, or compare them."""
    if arguments not in ([], ["--check"]):
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    book = Book()
    for chapter in (shapes, search, signing, freshness):
        chapter.write(book)
    text = book.text()
    if not arguments:
        STORIES.write_text(text, encoding="utf-8")
        return 0
    if STORIES.is_file() and STORIES.read_text(encoding="utf-8") == text:
        return 0
    print(f"{STORIES} is not what this program writes", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
