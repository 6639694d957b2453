"""Reads an Atom feed with feedparser and prints what it understood, as JSON."""

import json
import sys

import feedparser

with open(sys.argv[1], "rb") as file:
    feed = feedparser.parse(file.read(), sanitize_html=False)
entries = [
    {
        "id": entry.id,
        "title": entry.title,
        "type": entry.content[0].type,
        "language": entry.content[0].language,
        "updated": entry.updated,
        "published": entry.published,
        "tags": [tag.term for tag in entry.get("tags", [])],
        "related": [link.href for link in entry.links if link.rel == "related"],
    }
    for entry in feed.entries
]
json.dump(
    {
        "bozo": bool(feed.bozo),
        "version": feed.version,
        "id": feed.feed.id,
        "updated": feed.feed.updated,
        "entries": entries,
    },
    sys.stdout,
)
