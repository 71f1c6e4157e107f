package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestRows(t *testing.T) {
	rows := &Rows{Node: "mart", Columns: []RowsColumn{{Name: "id", Bare: true}, {Name: "name"}, {Name: "share", Bare: true}},
		Fields: [][]Field{
			{{"9007199254740993", true}, {"<redacted>", true}, {"0.10", true}},
			{{"-7", true}, {"null", true}, {"NaN", true}},
			{{}, {}, {}},
			{{"1", true}, {"", true}, {"1e+21", true}},
			{{"1", true}, {"a\nb\x1b[31m", true}, {"-0", true}},
		}}
	var b bytes.Buffer
	if err := rows.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	want := `              id  name            share
9007199254740993  <redacted>       0.10
              -7  "null"            NaN
            null  null             null
               1  ""              1e+21
               1  "a\nb\x1b[31m"     -0
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	if err := rows.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	want = `{
  "node": "mart",
  "show": [
    {"id": 9007199254740993, "name": "<redacted>", "share": 0.10},
    {"id": -7, "name": "null", "share": "NaN"},
    {"id": null, "name": null, "share": null},
    {"id": 1, "name": "", "share": 1e+21},
    {"id": 1, "name": "a\nb\u001b[31m", "share": -0}
  ]
}
`
	if b.String() != want || !json.Valid(b.Bytes()) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	if err := (&Rows{Node: "none"}).WriteJSON(&b); err != nil || b.String() != "{\n  \"node\": \"none\",\n  \"show\": []\n}\n" {
		t.Errorf("%s, %v", b.String(), err)
	}
}
