// Package manifest writes a project down as JSON: its sources, models and tests,
// with columns, types, lineage and descriptions. It is what target/manifest.json
// holds and what `build list --output json` prints, an entry a line.
//
// The file has the fields of dbt's manifest.json, version 12, wherever dbt has a
// counterpart, so that tools which read that find what they look for; what dbt
// has no field for stands under "martlet". docs/manifest.schema.json describes
// it. Nothing in it depends on the data, the clock, the machine or a path, but
// generated_at and invocation_id under "metadata".
//
// The package knows the contract. It opens no file.
package manifest
