#!/usr/bin/env python3
"""Write the code point tables of TUF-MOTD 1.0, here as text and JSON and as Rust for motd-core.

    spec/tables/generate.py            write the files
    spec/tables/generate.py --check    compare them, exit 1 if one differs

Source: the Unicode Character Database, version 14.0.0, as the `unicodedata` of Python 3.11 holds it.
"""
import argparse
import json
import sys
import unicodedata as ucd
from pathlib import Path

VERSION = "14.0.0"

if ucd.unidata_version != VERSION:
    sys.exit(f"needs Python 3.11: its Unicode version is {VERSION}, that of this one {ucd.unidata_version}")

HERE = Path(__file__).resolve().parent
RUST = HERE.parent.parent / "motd-core" / "src" / "tables"

# Assigned characters that are refused all the same (chapter 3): invisible, deprecated, or able to move or hide others.
REFUSED = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)


def permitted(point: int) -> bool:
    # Cn also covers the noncharacters; Cc is C0, DEL and C1.
    if ucd.category(chr(point)) in ("Cc", "Cn", "Co", "Cs"):
        return False
    return not any(low <= point <= high for low, high in REFUSED)


def mark(point: int) -> bool:
    return ucd.category(chr(point)).startswith("M")


def width(point: int) -> str:
    return ucd.east_asian_width(chr(point))


TABLES = (
    ("permitted", "Table 1: code points permitted in a title or paragraph", permitted),
    ("marks", "Table 2: permitted combining marks (general category M)", lambda p: permitted(p) and mark(p)),
    ("wide", "Table 3: permitted code points of two columns (East_Asian_Width W or F)",
     lambda p: permitted(p) and width(p) in "WF"),
    ("ambiguous", "Table 4: permitted code points of ambiguous width (East_Asian_Width A)",
     lambda p: permitted(p) and width(p) == "A"),
)


def ranges(member) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for point in range(0x110000):
        if not member(point):
            continue
        if out and out[-1][1] == point - 1:
            out[-1] = (out[-1][0], point)
        else:
            out.append((point, point))
    return out


def as_text(title: str, rows: list[tuple[int, int]]) -> str:
    count = sum(high - low + 1 for low, high in rows)
    head = [f"# {title}", f"# Unicode {VERSION}; {len(rows)} ranges, {count} code points; first and last, inclusive"]
    return "\n".join(head + [f"{low:04X}..{high:04X}" for low, high in rows]) + "\n"


def as_json(title: str, rows: list[tuple[int, int]]) -> str:
    lines = ",\n".join(f"    [{low}, {high}]" for low, high in rows)
    return f'{{\n  "title": {json.dumps(title)},\n  "unicode": "{VERSION}",\n  "ranges": [\n{lines}\n  ]\n}}\n'


def as_rust(name: str, title: str, rows: list[tuple[int, int]]) -> str:
    lines = "\n".join(f"    (0x{low:04X}, 0x{high:04X})," for low, high in rows)
    return (
        f"//! {title}. Written by `spec/tables/generate.py`.\n\n"
        f"/// Unicode {VERSION}; first and last, inclusive, ascending.\n"
        f"#[rustfmt::skip]\n"
        f"pub(crate) static {name.upper()}: &[(u32, u32)] = &[\n{lines}\n];\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    stale = []
    for name, title, member in TABLES:
        rows = ranges(member)
        for path, text in (
            (HERE / f"{name}.txt", as_text(title, rows)),
            (HERE / f"{name}.json", as_json(title, rows)),
            (RUST / f"{name}.rs", as_rust(name, title, rows)),
        ):
            if not check:
                path.write_text(text, encoding="ascii")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(str(path))
    if stale:
        sys.exit("stale, run spec/tables/generate.py: " + ", ".join(stale))


if __name__ == "__main__":
    main()
