package randschema_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/goemit"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/randschema"
	"martlet/internal/histories"
	"martlet/internal/scratch"
)

// setting reads a whole number from the environment.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%s: expected a whole number", name, text)
	}
	return n
}

// Whatever a project is made of, a build that starts from the one before it does what
// one does that knows of none. HISTORIES_SCHEMAS are made up, from HISTORIES_SEED on,
// and HISTORIES of each.
func TestHistories(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles projects")
	}
	first, count := setting(t, "HISTORIES_SEED", 1), setting(t, "HISTORIES_SCHEMAS", 6)
	path := filepath.Join(t.TempDir(), "schema.toml")
	plans, texts, packages := map[string]*plan.Plan{}, map[string]string{}, map[string]map[string][]byte{}
	for seed := first; seed < first+count; seed++ {
		text := randschema.Incremental(rand.New(rand.NewPCG(seed, 4)), stands)
		text = strings.ReplaceAll(text, `formats = ["arrow"]`, `formats = ["arrow", "csv"]`)
		p := planned(t, path, text)
		if p == nil || p.Increments == nil {
			continue
		}
		files, err := goemit.Emit(p, "generated", nil)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("random%d", seed)
		plans[name], texts[name], packages[name] = p, text, files
	}
	program := scratch.Link(t, packages)
	updates := 0
	for name, p := range plans {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("of the schema\n%s", texts[name])
				}
			})
			project := projectOf(p)
			project.Run = func(args ...string) (int, string) {
				got := program.Run(t, name, args...)
				return got.Exit, got.Stdout + got.Stderr
			}
			updates += histories.Check(t, 2, project)
		})
	}
	if count >= 6 && updates < 20 {
		t.Errorf("only %d runs brought models up to date", updates)
	}
}

// projectOf says what the files of a project are made of.
func projectOf(p *plan.Plan) *histories.Project {
	out := &histories.Project{AsOf: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), Apart: func(reason string) bool {
		return strings.HasSuffix(reason, "they may change any row")
	}}
	for _, s := range p.Sources {
		names := s.Names(everyOne(len(s.Columns)))
		h := histories.Source{Name: s.Name, Seed: s.Seed, Header: strings.Join(names, ","),
			Record: func(pick histories.Pick, n int) string { return record(s, pick, n) }}
		if s.MaxRejects.PerMillion > 0 {
			h.Bad = func(pick histories.Pick, _ int) string { return pick.Of("", `"x"`, "1,2,3,4,5,6,7,8,9,10,11,12,13") }
		}
		out.Sources = append(out.Sources, h)
	}
	for _, m := range p.Models {
		if m.Increment != nil {
			out.Models = append(out.Models, histories.Model{Name: m.Name, Key: m.Names(m.Grain), Constant: m.Names(m.Increment.Constant)})
		}
	}
	return out
}

func everyOne(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// record makes up one of a source. Where the source has a grain it is not there twice.
func record(s *plan.Source, pick histories.Pick, n int) string {
	fields := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		switch {
		case len(s.Grain) > 0 && s.Grain[0] == i:
			fields[i] = field(c.Type, n)
		case c.Nullable && pick(6) == 0:
		default:
			fields[i] = field(c.Type, pick([]int{3, 12, 40}[i%3]))
		}
	}
	return strings.Join(fields, ",")
}

// field is the n-th value of a type; those of a bool repeat.
func field(t expr.Type, n int) string {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 31 * time.Hour)
	switch t.Kind {
	case expr.Bool:
		return []string{"true", "false"}[n%2]
	case expr.Int64:
		return strconv.Itoa(n)
	case expr.Float64:
		return []string{"0.1", "-0.2", "1e6", "NaN", "-0", "2.5"}[n%6]
	case expr.Decimal:
		return strconv.Itoa(n) + ".5"
	case expr.String:
		return `"` + []string{"", "a", "b,c", "it's ", `x""y`, "é"}[n%6] + strings.Repeat("+", n/6) + `"`
	case expr.Date:
		return at.Format(time.DateOnly)
	case expr.Timestamp:
		return at.Format("2006-01-02 15:04:05")
	default:
		return at.Format("2006-01-02 15:04:05Z")
	}
}
