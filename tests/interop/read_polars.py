"""Reads the Arrow and Parquet files with Polars, an implementation of both in Rust."""

import sys

import polars as pl

import project
from check import KINDS, Check

TYPES = {
    "bool": pl.Boolean, "int64": pl.Int64, "float64": pl.Float64, "string": pl.String, "date": pl.Date,
    "decimal(12,2)": pl.Decimal(12, 2), "decimal(38,10)": pl.Decimal(38, 10),
    "timestamp": pl.Datetime("us"), "timestamptz": pl.Datetime("us", "UTC"),
}  # fmt: skip


def values(column, kind):
    if column.dtype == pl.Categorical:
        column = column.cast(pl.String)
    if kind in ("date", "timestamp", "timestamptz"):
        column = column.to_physical()
    return column.to_list()


def compare(check, path, frame, coded):
    for column, kind in zip(frame, KINDS):
        want = pl.Categorical if coded and column.name in project.CLOSED else TYPES[kind]
        check.same(path, f"the type of {column.name}", column.dtype, want)
    check.columns(path, frame.columns, [values(c, kind) for c, kind in zip(frame, KINDS)])


check = Check("polars " + pl.__version__, sys.argv[1])
for model, path, output in check.each("arrow"):
    compare(check, path, pl.read_ipc(path), output.get("dictionaries"))
for model, path, _ in check.each("parquet"):
    check.metadata(path, model, pl.read_parquet_metadata(path))
    compare(check, path, pl.read_parquet(path), False)
    if not model.startswith("empty_"):
        found = pl.scan_parquet(path).filter(pl.col("id") == project.ROWS).select("id").collect()
        check.same(path, "what is found of the last id", found["id"].to_list(), [project.ROWS])
check.done()
