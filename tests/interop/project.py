"""The project whose published files are read: its schema, its seeds, and what its
outputs must hold.

The values are made up here, from a fixed seed of a random number generator, and
nothing of Martlet has a part in what is expected. A value is what Python has for
it, but days and instants, which are whole numbers of days and microseconds since
1970: no two libraries have the same years.
"""

import datetime
import decimal
import json
import math
import pathlib
import random
import struct
import sys

ROWS = 70_000  # of more than one batch
STATES = ["open", "é", "", 'said "no"', "日本語"]
CELLS = [f"{letter}{number}" for letter in "ABCDEFGHIJKLMNO" for number in range(10)]  # too many for numbers of 8 bits
TEXTS = ["", "plain", 'a "quote", a comma', "two\nlines", " spaces ", "naïve café", "Ωmega", "日本語テキスト", "👩‍🚀🏳️‍🌈", "e\u0301", "x" * 300]
FLOATS = [0.0, -0.0, 1.5, -2.25e-7, 1e308, 5e-324, math.pi, math.inf, -math.inf, math.nan]
DAY = 86_400_000_000
FIRST_DAY, LAST_DAY = (datetime.date(y, m, d).toordinal() - datetime.date(1970, 1, 1).toordinal() for y, m, d in [(1, 1, 1), (9999, 12, 31)])

# Name, type in the schema, and what else the schema says.
COLUMNS = [
    ("id", "int64", 'nullable = false, description = "Which row."'),
    ("flag", "bool", ""),
    ("count", "int64", ""),
    ("ratio", "float64", ""),
    ("amount", "decimal(12,2)", ""),
    ("exact", "decimal(38,10)", ""),
    ("name", "string", 'pii = true, description = "Whose, as it is written: “é”."'),
    ("day", "date", ""),
    ("at", "timestamp", ""),
    ("at_utc", "timestamptz", ""),
    ("state", "string", ""),
    ("cell", "string", ""),
]
CLOSED = {"state": STATES, "cell": CELLS}

# What each model is published as. Each has a twin, empty_..., without rows.
OUTPUTS = {
    "plain": {"formats": ["arrow", "csv", "parquet"]},
    "lz4": {"formats": ["arrow", "parquet"], "compression": "lz4"},
    "zstd": {"formats": ["arrow"], "compression": "zstd"},
    "coded": {"formats": ["arrow", "parquet"], "compression": "none", "dictionaries": True},
    "coded_lz4": {"formats": ["arrow"], "compression": "lz4", "dictionaries": True},
    "coded_zstd": {"formats": ["arrow"], "compression": "zstd", "dictionaries": True},
}


def rows():
    """All rows, each a list of values in the order of COLUMNS, None for null."""
    r = random.Random(20240501)
    for i in range(ROWS):
        row = [
            i + 1,
            r.random() < 0.5,
            r.choice([0, 1, -1, 2**63 - 1, -(2**63), r.randrange(-(2**63), 2**63)]),
            r.choice([*FLOATS, r.uniform(-1e6, 1e6)]),
            decimal.Decimal(r.randrange(-(10**12) + 1, 10**12)).scaleb(-2),
            decimal.Decimal(r.randrange(-(10**38) + 1, 10**38)).scaleb(-10, decimal.Context(prec=40)),
            r.choice([*TEXTS, f"name {r.randrange(10**6)}"]),
            r.randrange(FIRST_DAY, LAST_DAY + 1),
            r.randrange(FIRST_DAY * DAY, (LAST_DAY + 1) * DAY),
            r.randrange(FIRST_DAY * DAY, (LAST_DAY + 1) * DAY),
            r.choice(STATES),
            r.choice(CELLS),
        ]
        null = {0: 0, 1: 1}.get(i, 0.1)  # the first row has all values, the second none
        yield [v if j == 0 or r.random() >= null else None for j, v in enumerate(row)]


def same_as(value):
    """What is equal where two values are the same: NaN to itself, and 0 not to -0."""
    return repr(value) if isinstance(value, float) else value


def day_text(days):
    return datetime.date.fromordinal(datetime.date(1970, 1, 1).toordinal() + days).isoformat()


def instant_text(micros):
    days, rest = divmod(micros, DAY)
    seconds, fraction = divmod(rest, 10**6)
    return f"{day_text(days)} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{fraction:06}".rstrip("0") if fraction else "")


def text(value, kind):
    """A value as it stands in CSV; text without its quotes."""
    if kind == "date":
        return day_text(value)
    if kind in ("timestamp", "timestamptz"):
        return instant_text(value) + ("+00" if kind == "timestamptz" else "")
    if kind == "bool":
        return "true" if value else "false"
    if kind == "float64":
        return repr(value).replace("inf", "Infinity").replace("nan", "NaN")
    return str(value) if kind == "string" else format(value)


def field(value, kind):
    if value is None:
        return ""
    if kind == "string":
        return '"' + value.replace('"', '""') + '"'
    return text(value, kind)


def seed(of):
    lines = [",".join(name for name, _, _ in COLUMNS)]
    lines += [",".join(field(v, kind) for v, (_, kind, _) in zip(row, COLUMNS)) for row in of]
    return "\n".join(lines) + "\n"


def toml(value):
    """A value as TOML has it, which for these is as JSON has it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def schema():
    parts = ['name = "interop"\n']
    for source in ("rows", "none"):
        columns = "".join(f'  {{ name = "{name}", type = "{kind}"{", " + more if more else ""} }},\n' for name, kind, more in COLUMNS)
        parts.append(f'[[source]]\nname = "{source}"\ncolumns = [\n{columns}]\n')
    for name, output in OUTPUTS.items():
        for model, source in ((name, "rows"), (f"empty_{name}", "none")):
            columns = "".join(f'  {{ name = "{c}"{tests(c)} }},\n' for c, _, _ in COLUMNS)
            parts.append(
                f'[[model]]\nname = "{model}"\ndescription = "Rows, as {model} has them."\nfrom = "{source}"\n'
                f"columns = [\n{columns}]\noutput = {toml(output)}\n"
            )
    return "\n".join(parts)


def tests(column):
    return f", tests = [{{ accepted_values = {toml(CLOSED[column])} }}]" if column in CLOSED else ""


def plain(value):
    """A value for a reader that is not written in Python: text, or null."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else struct.pack(">d", value).hex()
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None or isinstance(value, str) else format(value)


def main(folder):
    folder = pathlib.Path(folder)
    (folder / "seeds").mkdir(parents=True, exist_ok=True)
    all_rows = list(rows())
    (folder / "schema.toml").write_text(schema(), encoding="utf-8")
    (folder / "seeds" / "rows.csv").write_text(seed(all_rows), encoding="utf-8", newline="")
    (folder / "seeds" / "none.csv").write_text(seed([]), encoding="utf-8", newline="")
    expected = {
        "columns": [list(column) for column in COLUMNS],
        "closed": CLOSED,
        "outputs": OUTPUTS,
        "rows": [[plain(v) for v in row] for row in all_rows],
    }
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
