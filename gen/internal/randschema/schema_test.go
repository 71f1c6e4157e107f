package randschema_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"martlet/gen/internal/plan"
	"martlet/gen/internal/randschema"
	"martlet/gen/internal/schema"
	"martlet/gen/internal/sqlemit"
)

// Every schema stands, and every emitter takes it. Among the first hundred each
// part of a model is met often.
func TestSchemasStand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "schema.toml")
	met := map[string]int{}
	for seed := range uint64(100) {
		for kind, of := range map[string]func(*rand.Rand) string{"any": randschema.Schema, "total": randschema.Total} {
			text := of(rand.New(rand.NewPCG(seed, 4)))
			if again := of(rand.New(rand.NewPCG(seed, 4))); again != text {
				t.Fatalf("%s, seed %d: two schemas of the same random numbers", kind, seed)
			}
			p := planned(t, path, text)
			if t.Failed() {
				t.Fatalf("%s, seed %d:\n%s", kind, seed, text)
			}
			for _, m := range p.Models {
				count(met, m)
			}
		}
	}
	for _, part := range []string{"dedupe", "order_by", "where", "group_by", "join", "join that aggregates", "join on several columns", "join on a join", "join of the base input"} {
		if met[part] < 20 {
			t.Errorf("%d models have a %s", met[part], part)
		}
	}
}

// Of incremental models everything that the plan tells of them is met.
func TestIncrementalSchemasStand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "schema.toml")
	met := map[string]int{}
	for seed := range uint64(40) {
		text := randschema.Incremental(rand.New(rand.NewPCG(seed, 4)), stands)
		p := planned(t, path, text)
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, text)
		}
		if p.Increments == nil {
			continue
		}
		met["project"]++
		countIncrements(met, p)
	}
	for _, part := range []string{"project", "model", "timed column", "model of two keyed sources", "model between", "lookup", "source read whole", "source that touches all"} {
		if met[part] < 5 {
			t.Errorf("%d are a %s", met[part], part)
		}
	}
}

func countIncrements(met map[string]int, p *plan.Plan) {
	for _, m := range p.Models {
		if m.Increment != nil {
			met["model"]++
			met["timed column"] += len(m.Increment.Timed)
		}
	}
	for _, m := range p.Increments.Models {
		if m.Increment == nil {
			met["model between"]++
		}
	}
	keyed := 0
	for _, s := range p.Increments.Sources {
		if s.Key != nil {
			keyed++
		}
		if s.Anywhere {
			met["source that touches all"]++
		} else if s.Whole {
			met["source read whole"]++
		}
	}
	if keyed > 1 {
		met["model of two keyed sources"]++
	}
	met["lookup"] += len(p.Increments.Lookups)
}

// stands says whether the generator takes a schema.
func stands(text string) bool {
	decl, errs := schema.Parse("schema.toml", []byte(text))
	if errs.Len() > 0 {
		return false
	}
	_, errs = plan.Build(decl)
	return errs.Len() == 0
}

func planned(t *testing.T, path, text string) *plan.Plan {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	decl, errs := schema.Load(path)
	if err := errs.Err(); err != nil {
		t.Error(err)
		return nil
	}
	p, errs := plan.Build(decl)
	if err := errs.Err(); err != nil {
		t.Error(err)
		return nil
	}
	if _, err := sqlemit.DuckDB(p); err != nil {
		t.Error(err)
	}
	return p
}

func count(met map[string]int, m *plan.Model) {
	note := func(part string, has bool) {
		if has {
			met[part]++
		}
	}
	note("dedupe", m.Dedupe != nil)
	note("order_by", m.Dedupe != nil && len(m.Dedupe.Order) > 0)
	note("where", m.Where != nil)
	note("group_by", m.Group != nil)
	for _, j := range m.Joins {
		note("join", j.Fold == nil)
		note("join that aggregates", j.Fold != nil)
		note("join on several columns", len(j.Left) > 1)
		note("join on a join", j.Left[0].Input > 0)
		note("join of the base input", j.Input == m.From)
	}
}
