"""The nested records that the benchmarks read."""

import json
import random

CITIES = ["Berlin", "Tokyo", "Lagos", "Lima", "Oslo", "Austin", "Zürich", "São Paulo"]


def record(number, source):
    quoted = ' with "quotes" in it' if number % 4 == 0 else " about things that happen"
    return {
        "id": number,
        "name": f"person {number % 5000}",
        "active": number % 3 == 0,
        "score": round(source.random() * 1000, 3),
        "created": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00Z",
        "address": {
            "city": CITIES[number % len(CITIES)],
            "zip": f"{number % 100000:05}",
            "geo": {"lat": round(source.random() * 90, 5), "lon": round(source.random() * 180, 5)},
        },
        "company": {"name": f"company {number % 300}", "size": number % 10000},
        "tags": ["a", "b", f"tag {number % 50}"],
        "note": f"a note{quoted}, number {number}",
    }


def write(folder, count):
    source = random.Random(1)
    lines, array = folder / "lines.ndjson", folder / "array.json"
    with lines.open("w") as lines_file, array.open("w") as array_file:
        for number in range(count):
            text = json.dumps(record(number, source))
            lines_file.write(text + "\n")
            array_file.write(("," if number else "[") + text)
        array_file.write("]")
    return lines, array
