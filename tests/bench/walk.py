#!/usr/bin/env python3
"""Real, messy JSON as tables: writes docs/walk.md, which shows what the driver makes of files that nobody here wrote.

    npm install --no-save world-countries caniuse-db vega-datasets
    cargo build --lib
    python3 tests/bench/walk.py [--driver target/debug/liblatchkey.so] node_modules > docs/walk.md

Needs a Python with pyodbc, and unixODBC.
"""

import argparse
import json
import pathlib
import tempfile

import pyodbc

from registered import TARGET, register

# As many of each are shown.
COLUMNS, TABLES, ROWS = 8, 6, 4

COUNTRIES, CANIUSE, VEGA = "world-countries/countries.json", "caniuse-db/data.json", "vega-datasets/data"

# What is looked at: a heading, what is worth saying, the file, the properties and the queries.
WALK = [
    (
        "Countries, as they are",
        "An array of records, in which translations, currencies and names are objects keyed by data: the codes of languages and "
        "currencies. Every key that occurs somewhere is a column, which is right for languages that most records have and a lot for "
        "those of one country.",
        COUNTRIES,
        "",
        [
            "SELECT cca3, [name.common], [translations.jpn.common], area FROM countries ORDER BY area DESC LIMIT 3",
            "SELECT cca3, capital, [capital.0], JSON_COUNT(borders, '[x]') AS neighbours FROM countries "
            "WHERE [languages.spa] IS NOT NULL ORDER BY neighbours DESC, cca3 LIMIT 3",
            "SELECT c.cca3, b.value AS neighbour FROM countries c CROSS APPLY OPENJSON(c.borders) AS b WHERE c.cca3 = 'CHE'",
        ],
    ),
    (
        "Countries, with objects as they are written",
        "With `FlattenObjects=false` there is a column for each member of a record. What is keyed by data is asked for by a path.",
        COUNTRIES,
        "FlattenObjects=false",
        [
            "SELECT cca3, currencies, [name.native.gsw.common] FROM countries WHERE cca3 IN ('CHE', 'LIE')",
            "SELECT count(*) AS countries FROM countries WHERE JSON_EXTRACT(currencies, '$.EUR.symbol') = '€'",
        ],
    ),
    (
        "Browser features, as they are",
        "One object: a map of features by name beside maps of browsers, eras and categories. Its topmost array of objects, the first of "
        "several, is the list of links of the first feature, and so these are the rows: nobody wants them.",
        CANIUSE,
        "",
        ["SELECT * FROM data"],
    ),
    (
        "Browser features, a row for each",
        "`JSONPath` says that the values of the map are the rows. Support by browser and version is a map in a map, so again a column "
        "for each; a version such as 5.5 is part of a name.",
        CANIUSE,
        "JSONPath=$.data.*",
        [
            "SELECT title, status, [stats.ie.5.5], usage_perc_y FROM data ORDER BY usage_perc_y DESC, title LIMIT 3",
            "SELECT status, count(*) AS features, avg(usage_perc_y) AS mean FROM data GROUP BY status ORDER BY features DESC LIMIT 3",
            "SELECT d.title, l.title AS link FROM data d CROSS APPLY OPENJSON(d.links) WITH (title VARCHAR(200)) AS l "
            "WHERE d.title LIKE 'WebP%'",
        ],
    ),
    (
        "Browser features, in the relational model",
        "The list of links of every feature is a table of its own, because each has another path: a map that is keyed by data is no "
        "array. Here, too, `JSONPath` is the way.",
        CANIUSE,
        "DataModel=Relational",
        ["SELECT title, url FROM links LIMIT 2"],
    ),
    (
        "A graph, in the relational model",
        "Two arrays in one object: people and the chapters in which they meet. Each is a table.",
        f"{VEGA}/miserables.json",
        "DataModel=Relational",
        [
            "SELECT a.name, b.name, l.value FROM links l JOIN nodes a ON a.[index] = l.source JOIN nodes b ON b.[index] = l.target "
            "ORDER BY l.value DESC LIMIT 3",
        ],
    ),
    (
        "The same graph, flattened",
        "In one table arrays that lie beside each other make every combination: 77 people times 254 meetings. The driver does what the "
        "model says; for such a document it is not the model to take.",
        f"{VEGA}/miserables.json",
        "DataModel=FlattenedDocuments",
        ["SELECT count(*) AS combinations FROM miserables"],
    ),
    (
        "Earthquakes: GeoJSON",
        "The features are the rows, what is said of the whole is left to the other models. Times are numbers of milliseconds, which "
        "nothing tells from other numbers.",
        f"{VEGA}/earthquakes.json",
        "",
        [
            "SELECT [properties.place], [properties.mag], [geometry.coordinates.2] AS depth FROM earthquakes "
            "ORDER BY [properties.mag] DESC LIMIT 3",
            "SELECT min(FROM_UNIXTIME([properties.time] / 1000)) AS earliest FROM earthquakes",
        ],
    ),
    (
        "Movies: dirty values",
        "Titles are texts, numbers and nothing: the film 1776 and the film 300 are numbers in the document, and texts in a column of "
        "titles. Release dates are written `Jun 12 1998`, which is no date that could be told without guessing, so they are texts.",
        f"{VEGA}/movies.json",
        "",
        [
            "SELECT Title, [Release Date], [IMDB Rating] FROM movies WHERE TRY_CAST(Title AS INT) IS NOT NULL ORDER BY Title LIMIT 4",
            "SELECT count(*) AS films, count(Title) AS titles, count([MPAA Rating]) AS rated FROM movies",
        ],
    ),
]


def shown(value):
    text = "NULL" if value is None else str(value)
    text = text if len(text) <= 60 else f"{text[:57]}…"
    return text.replace("|", "\\|").replace("\n", " ")


def table(head, rows):
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(shown, row))} |"
    yield ""


def schema(cursor):
    names = [row.table_name for row in cursor.tables(tableType="TABLE")]
    rows = []
    for name in names[:TABLES]:
        columns = [f"{row.column_name} {row.type_name}" for row in cursor.columns(table=name)]
        more = f", and {len(columns) - COLUMNS:,} more" if len(columns) > COLUMNS else ""
        count = cursor.execute(f'SELECT count(*) FROM "{name}"').fetchval()
        rows.append([f"`{name}`", f"{count:,}", f"{len(columns):,}", "`" + "`, `".join(columns[:COLUMNS]) + f"`{more}"])
    yield "| Table | Rows | Columns | |"
    yield "|---|---|---|---|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    if len(names) > TABLES:
        yield f"\n… and {len(names) - TABLES:,} more tables."
    yield ""


def versions(folder):
    for package in ("world-countries", "caniuse-db", "vega-datasets"):
        yield f"{package} {json.loads((folder / package / 'package.json').read_text())['version']}"


def page(folder):
    yield "# A walk through messy data\n"
    yield (
        "What the driver makes of real files that nobody here wrote, with no setting but those named. The files are those of the npm "
        f"packages {', '.join(versions(folder))}. This page is written by `tests/bench/walk.py`, which says how.\n"
    )
    for heading, text, file, properties, queries in WALK:
        yield f"## {heading}\n"
        yield f"`{file}`{f' with `{properties}`' if properties else ''}\n"
        yield f"{text}\n"
        string = f"Driver={{Latchkey}};URI={folder / file};URISeparator=;RowScanDepth=0;{properties}"
        with pyodbc.connect(string, autocommit=True) as connection:
            cursor = connection.cursor()
            yield from schema(cursor)
            for query in queries:
                cursor.execute(query)
                yield f"```sql\n{query}\n```\n"
                yield from table([column[0] for column in cursor.description], cursor.fetchmany(ROWS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--driver", type=pathlib.Path, default=TARGET / "debug" / "liblatchkey.so")
    parser.add_argument("packages", type=pathlib.Path)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp())
    register(options.driver, folder)
    pyodbc.pooling = False
    print("\n".join(page(options.packages.resolve())).rstrip())


if __name__ == "__main__":
    main()
