package plan_test

import "testing"

// Of what a column reads it is told what may be its very value, and of what it is only
// computed: that one of these is the same is chance.
func TestReadsTellPartsFromChoices(t *testing.T) {
	p, errs := build("schema.toml", []byte(`
name = "reads"

[[source]]
name = "s"
columns = [
  { name = "id", type = "int64" }, { name = "a", type = "int64" }, { name = "b", type = "int64" }, { name = "c", type = "int64" },
  { name = "p", type = "bool" }, { name = "q", type = "bool" },
]

[[model]]
name = "m"
from = "s"
columns = [
  { name = "copied", expr = "a" },
  { name = "less", expr = "a - b" },
  { name = "most", expr = "greatest(a, b + 1)" },
  { name = "first", expr = "coalesce(nullif(a, b), c)" },
  { name = "either", expr = "case when p then a else b end" },
  { name = "neither", expr = "not p and not q" },
  { name = "both", expr = "p and q" },
  { name = "one", expr = "p or a > 1" },
]

[[model]]
name = "g"
from = "s"
joins = [{ input = "s", as = "t", on = [{ left = "b", right = "id" }], aggregate = [{ name = "top", expr = "max(a) filter (where p)" }, { name = "all_a", expr = "sum(a)" }] }]
columns = [{ name = "top" }, { name = "sum", expr = "coalesce(all_a, c)" }]

[[model]]
name = "h"
from = "s"
group_by = ["a"]
columns = [{ name = "a" }, { name = "all_p", expr = "bool_and(p)" }, { name = "who", expr = "arg_max(b, c)" }, { name = "none", expr = "bool_and(not q)" }]
`))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"m.copied": "a", "m.less": "(a) (b)", "m.most": "a (b)", "m.first": "a (b) c", "m.either": "(p) a b", "m.neither": "(p) (q)", "m.both": "p q", "m.one": "(p) (a)",
		"g.top": "a (p)", "g.sum": "(a) c", "h.a": "a", "h.all_p": "p", "h.who": "b (c)", "h.none": "(q)",
	}
	for _, m := range p.Models {
		for i, c := range m.Columns {
			got := ""
			for _, read := range m.Reads(i) {
				if got != "" {
					got += " "
				}
				if read.Part {
					read.Column = "(" + read.Column + ")"
				}
				got += read.Column
			}
			if name := m.Name + "." + c.Name; got != want[name] {
				t.Errorf("%s reads %s, want %s", name, got, want[name])
			}
		}
	}
}
