#!/usr/bin/env python3
"""Write the code point tables of TUF-MOTD 1.0, here as text and JSON and as Rust for motd-core.

    spec/tables/generate.py            write the files
    spec/tables/generate.py --check    compare them, exit 1 if one differs

SOURCES below are the inputs. Another version of one of them is an error, since the tables would be others.
"""
import argparse
import gzip
import hashlib
import json
import re
import sys
import unicodedata as assigned
from pathlib import Path

UNICODE = "14.0.0"  # What is assigned and permitted.
NEWEST = "18.0.0"  # What terminals of today may know besides.
SOURCES = (
    f"Unicode {UNICODE} (Python 3.11) and {NEWEST} (PyPI unicodedata2 {NEWEST}, regex 2026.11.19), "
    "PyPI wcwidth 0.9.4 with what it measured in 23 terminals, the charmap UTF-8 of glibc 2.36, "
    "Markus Kuhn's wcwidth.c of 2007-05-26"
)
CHARMAP = Path("/usr/share/i18n/charmaps/UTF-8.gz")
CHARMAP_WIDTHS_SHA256 = "3090ca7f5189eeaf6be9fce11168e7e026f1ec6396c8b7af2a712593c7becc6a"


def needs(is_so: bool, what: str) -> None:
    if not is_so:
        sys.exit(f"spec/tables/generate.py needs {what}")


needs(assigned.unidata_version == UNICODE, f"Python 3.11, whose Unicode version is {UNICODE}")
try:
    import regex
    import unicodedata2 as newest
    import wcwidth
    import wcwidth.table_overrides as measured
except ImportError:
    needs(False, f"pip install unicodedata2=={NEWEST} wcwidth==0.9.4 regex==2026.11.19")
needs(newest.unidata_version == NEWEST, f"pip install unicodedata2=={NEWEST}")
needs(wcwidth.__version__ == "0.9.4", "pip install wcwidth==0.9.4")
needs(regex.__version__ == "2026.11.19", "pip install regex==2026.11.19")
needs(CHARMAP.exists(), "the charmap UTF-8 of glibc 2.36: apt-get install locales (Debian 12)")
CHARMAP_WIDTHS = gzip.decompress(CHARMAP.read_bytes()).decode().split("\nWIDTH\n")[1]
needs(
    hashlib.sha256(CHARMAP_WIDTHS.encode()).hexdigest() == CHARMAP_WIDTHS_SHA256,
    "the charmap UTF-8 of glibc 2.36 and no other version: apt-get install locales (Debian 12)",
)

HERE = Path(__file__).resolve().parent
RUST = HERE.parent.parent / "motd-core" / "src" / "tables"

# Assigned characters that are refused all the same, beside general category Cf and Default_Ignorable_Code_Point. The list in
# section 3.1 has the reasons.
REFUSED = (
    (0x17D8, 0x17D8),
    (0x2028, 0x2029),
    (0x2800, 0x2800),
    (0x303F, 0x303F),
    (0xFFFC, 0xFFFC),
    (0x16FE4, 0x16FE4),
    (0x1D159, 0x1D159),
)

# What mk_wcwidth counts as two columns. Its combining characters are looked up before; terminals that copied the list did
# not all copy that.
KUHN_WIDE = (
    (0x1100, 0x115F),
    (0x2329, 0x232A),
    (0x2E80, 0x303E),
    (0x3040, 0xA4CF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE10, 0xFE19),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x20000, 0x2FFFD),
    (0x30000, 0x3FFFD),
)


def points(rows) -> set[int]:
    return {point for low, high in rows for point in range(low, high + 1)}


def matching(pattern: str) -> set[int]:
    return {ord(found) for found in regex.findall(pattern, "".join(map(chr, range(0x110000))))}


def glibc(columns: int) -> set[int]:
    found = re.findall(rf"^<U([0-9A-F]+)>(?:\.\.\.<U([0-9A-F]+)>)?\t{columns}$", CHARMAP_WIDTHS, re.MULTILINE)
    return points((int(low, 16), int(high or low, 16)) for low, high in found)


def in_terminals(*kinds: str) -> set[int]:
    """What wcwidth measured to differ, in any terminal. Differences with a selector behind are left out: Table 1 has none."""
    return {
        point
        for table in (measured.WIDE_OVERRIDES, measured.SRI_OVERRIDES, measured.SFZ_OVERRIDES, measured.NARROW_OVERRIDES)
        for terminal in table.values()
        for kind in kinds
        for point in points(terminal.get(kind, ()))
    }


def where(member) -> set[int]:
    return {point for point in range(0x110000) if member(chr(point))}


# Cn also covers the noncharacters; Cc is C0, DEL and C1.
PERMITTED = (
    where(lambda c: assigned.category(c) not in ("Cc", "Cf", "Cn", "Co", "Cs"))
    - matching(r"\p{Cf}|\p{Default_Ignorable_Code_Point}")
    - points(REFUSED)
)
MARKS = PERMITTED & (
    where(lambda c: assigned.category(c).startswith("M"))
    | matching(r"\p{GCB=Extend}|\p{GCB=SpacingMark}|\p{GCB=V}|\p{GCB=T}|\p{GCB=Prepend}")
    | glibc(0)
    | where(lambda c: wcwidth.wcwidth(c) == 0)
    | in_terminals("zeroer", "narrow_zeroer")
)
WIDE = PERMITTED & (
    where(lambda c: assigned.east_asian_width(c) in "WF" or newest.east_asian_width(c) in "WF")
    # Vim's terminal draws each emoji in two columns but the ASCII ones, and Konsole each vowel or final consonant that
    # follows no initial one.
    | matching(r"\p{Emoji}|\p{Extended_Pictographic}") - points([(0x00, 0x7F)])
    | matching(r"\p{GCB=V}|\p{GCB=T}")
    | glibc(2)
    | where(lambda c: wcwidth.wcwidth(c) == 2)
    | in_terminals("wider")
    | points(KUHN_WIDE)
)
# Kuhn's mk_wcwidth_cjk adds nothing to the first property: its list is that of Unicode 5.0.
AMBIGUOUS = where(
    lambda c: assigned.east_asian_width(c) == "A" or newest.east_asian_width(c) == "A"
) | matching(r"\p{Line_Break=AI}")
# And what is canonically one of them, alone or struck out.
AMBIGUOUS_CHARACTERS = set(map(chr, AMBIGUOUS))
AMBIGUOUS |= where(lambda c: newest.normalize("NFD", c).removesuffix("\u0338") in AMBIGUOUS_CHARACTERS)
AMBIGUOUS &= PERMITTED - WIDE - MARKS

TABLES = (
    ("permitted", "Table 1: code points permitted in a title or paragraph", PERMITTED),
    ("marks", "Table 2: permitted code points that join the one beside them or have no column", MARKS),
    ("wide", "Table 3: permitted code points that a terminal may draw in two columns", WIDE),
    ("ambiguous", "Table 4: other permitted code points of ambiguous width", AMBIGUOUS),
)


def ranges(members: set[int]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for point in sorted(members):
        if out and out[-1][1] == point - 1:
            out[-1] = (out[-1][0], point)
        else:
            out.append((point, point))
    return out


def as_text(title: str, rows: list[tuple[int, int]]) -> str:
    count = sum(high - low + 1 for low, high in rows)
    head = [f"# {title}", f"# {SOURCES}", f"# {len(rows)} ranges, {count} code points; first and last, inclusive"]
    return "\n".join(head + [f"{low:04X}..{high:04X}" for low, high in rows]) + "\n"


def as_json(title: str, rows: list[tuple[int, int]]) -> str:
    lines = ",\n".join(f"    [{low}, {high}]" for low, high in rows)
    return f'{{\n  "title": {json.dumps(title)},\n  "sources": {json.dumps(SOURCES)},\n  "ranges": [\n{lines}\n  ]\n}}\n'


def as_rust(name: str, title: str, rows: list[tuple[int, int]]) -> str:
    lines = "\n".join(f"    (0x{low:04X}, 0x{high:04X})," for low, high in rows)
    return (
        f"//! {title}. Written by `spec/tables/generate.py`.\n\n"
        f"/// From {SOURCES}; first and last, inclusive, ascending.\n"
        f"#[rustfmt::skip]\n"
        f"pub(crate) static {name.upper()}: &[(u32, u32)] = &[\n{lines}\n];\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    stale = []
    for name, title, members in TABLES:
        rows = ranges(members)
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
