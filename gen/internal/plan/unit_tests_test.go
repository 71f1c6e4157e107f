package plan_test

import (
	"strings"
	"testing"
)

const tested = `
name = "p"
[[source]]
name = "s"
columns = [{ name = "id", type = "int64", nullable = false }, { name = "at", type = "timestamptz" }]
[[model]]
name = "m"
from = "s"
columns = [{ name = "id" }, { name = "late", expr = "at > now()" }]
`

const unitTest = `
[[unit_test]]
name = "later"
description = "Later than now."
model = "m"
now = "2024-05-01 02:00:00+02"
given = [{ input = "s", csv = "id,at\n1,\n" }]
expect = [{ late = true, id = 1 }, { id = 2 }]
ordered = true
`

// Unit tests are seen in the plan's text, and are no part of what identifies it.
func TestUnitTestsAreNotInTheFingerprint(t *testing.T) {
	bare, errs := build("schema.toml", []byte(tested))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	p, errs := build("schema.toml", []byte(tested+unitTest))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	if p.Fingerprint() != bare.Fingerprint() {
		t.Error("a unit test changes the fingerprint")
	}
	want := bare.Text() + `
unit test later
  description  Later than now.
  model        m
  now          2024-05-01 00:00:00+00
  given        s: 1 row of id, at
  expect       2 rows of late, id, in this order
`
	if p.Text() != want {
		t.Errorf("the text is\n%s\nwant\n%s", p.Text(), want)
	}
	if u := p.UnitTests[0]; u.Expect.Rows[0][0] != true || u.Expect.Rows[1][0] != nil || u.Expect.Rows[1][1] != int64(2) || u.Given[0].Rows[0][1] != nil {
		t.Errorf("the rows are %v, given %v", u.Expect.Rows, u.Given[0].Rows)
	}
	if again, _ := build("schema.toml", []byte(strings.Replace(tested, "at > now()", "at >= now()", 1))); again.Fingerprint() == p.Fingerprint() {
		t.Error("another model has the same fingerprint")
	}
}
