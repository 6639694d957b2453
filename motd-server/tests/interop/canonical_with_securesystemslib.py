"""Reads JSON values, one a line, and prints the hexadecimal of their OLPC canonical form, one a line."""

import json
import sys

from securesystemslib.formats import encode_canonical

for line in sys.stdin:
    print(encode_canonical(json.loads(line)).encode("utf-8").hex())
