package oracle

import (
	"path/filepath"
	"testing"

	"martlet/gen/internal/goemit"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
	"martlet/gen/internal/sqlemit"
	"martlet/internal/scratch"
)

// compiled is projects as one program, and as the SQL that is emitted of the
// same plans.
type compiled struct {
	*scratch.Program
	plans   map[string]*plan.Plan
	scripts map[string]string
}

// compile makes one of schemas by name. What they include is left out.
func compile(t testing.TB, schemas map[string]string) *compiled {
	t.Helper()
	c := &compiled{plans: map[string]*plan.Plan{}, scripts: map[string]string{}}
	packages := map[string]map[string][]byte{}
	for name, declarations := range schemas {
		p := planned(t, declarations)
		files, err := goemit.Emit(p, "generated", nil)
		if err != nil {
			t.Fatal(err)
		}
		script, err := sqlemit.DuckDB(p)
		if err != nil {
			t.Fatal(err)
		}
		c.plans[name], c.scripts[name], packages[name] = p, script, files
	}
	c.Program = scratch.Link(t, packages)
	return c
}

// planned is the plan of a schema.
func planned(t testing.TB, declarations string) *plan.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schema.toml")
	writeFile(t, path, scratch.WithoutIncludes(declarations))
	decl, errs := schema.Load(path)
	if err := errs.Err(); err != nil {
		t.Fatalf("%v\n%s", err, declarations)
	}
	p, errs := plan.Build(decl)
	if err := errs.Err(); err != nil {
		t.Fatalf("%v\n%s", err, declarations)
	}
	return p
}
