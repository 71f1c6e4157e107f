"""Reads the Parquet files with DuckDB, and the Arrow files as pyarrow hands them to it."""

import sys

import duckdb
import pyarrow as pa
import pyarrow.ipc

import project
from check import KINDS, NAMES, Check

TYPES = {
    "bool": "BOOLEAN", "int64": "BIGINT", "float64": "DOUBLE", "string": "VARCHAR", "date": "DATE", "decimal(12,2)": "DECIMAL(12,2)",
    "decimal(38,10)": "DECIMAL(38,10)", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip


def selected(name, kind):
    if kind == "date":
        return f"(\"{name}\" - date '1970-01-01')::int64"
    if kind in ("timestamp", "timestamptz"):
        return f'epoch_us("{name}")'
    if kind == "string":
        return f'"{name}"::varchar'
    return f'"{name}"'


def compare(check, path, relation, coded):
    for name, kind, got in zip(relation.columns, KINDS, relation.types):
        if not (coded and name in project.CLOSED):  # DuckDB makes an ENUM of it
            check.same(path, f"the type of {name}", str(got), TYPES[kind])
    rows = relation.project(", ".join(selected(n, k) for n, k in zip(NAMES, KINDS))).fetchall()
    check.columns(path, relation.columns, zip(*rows) if rows else [[] for _ in NAMES])


check = Check("duckdb " + duckdb.__version__, sys.argv[1])
for model, path, output in check.each("arrow"):
    with pa.memory_map(str(path)) as source:
        compare(check, path, duckdb.from_arrow(pa.ipc.open_file(source).read_all()), output.get("dictionaries"))
for model, path, _ in check.each("parquet"):
    compare(check, path, duckdb.read_parquet(str(path)), False)
    about = duckdb.execute("select key::varchar, value from parquet_kv_metadata(?)", [str(path)]).fetchall()
    check.metadata(path, model, {k: v.decode() for k, v in about})
    if not model.startswith("empty_"):
        found = duckdb.execute("select id from read_parquet(?) where id = ?", [str(path), project.ROWS]).fetchall()
        check.same(path, "what is found of the last id", found, [(project.ROWS,)])
check.done()
