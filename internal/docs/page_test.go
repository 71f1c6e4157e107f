package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"martlet/internal/contract"
	"martlet/internal/docs"
	"martlet/internal/docs/docstest"
)

// pageOf is the page of a project as text.
func pageOf(t *testing.T, p *contract.Project, files docs.Files) string {
	t.Helper()
	page, err := docs.Page(p, files, false)
	if err != nil {
		t.Fatal(err)
	}
	again, err := docs.Page(p, files, false)
	if err != nil || !bytes.Equal(page, again) {
		t.Fatalf("the page is another the second time (%v)", err)
	}
	return string(page)
}

// small is a project of two nodes.
func small() *contract.Project {
	return &contract.Project{
		Name: "small", Description: "A small project.", Fingerprint: "f1",
		Sources: []contract.Source{{Seed: "seeds/users.csv", Node: contract.Node{
			Name: "users", Description: "One record per user.", Grain: []string{"id"},
			Columns: []contract.Column{{Name: "id", Type: "int64"}, {Name: "mail", Type: "string", Nullable: true, PII: true}},
			Tests:   []contract.Test{{Name: "unique_users_id", Kind: "unique", Column: "id", Severity: contract.Error, Expected: "no value twice"}},
		}}},
		Models: []contract.Model{{Layer: "mart", From: "users", SQL: "select 'it''s' -- all\n", Node: contract.Node{
			Name: "mart_users", Columns: []contract.Column{{Name: "has_mail", Type: "bool", Reads: []contract.Read{{Column: "mail"}}, Expr: "mail is not null", Lineage: []string{"users.mail"}}},
			Tests: []contract.Test{{Name: "mail_is_told", Kind: "expression", Severity: contract.Warn, Expected: "has_mail", PII: true}},
		}}},
		Places: []contract.Place{{}, {Column: 1}},
	}
}

// results are those of a run of the small project.
func results(change func(run map[string]any)) []byte {
	run := map[string]any{
		"metadata": map[string]any{"generated_at": "2024-05-01T04:00:12.000000Z"}, "elapsed_time": 0.5, "args": map[string]any{"which": "build"},
		"results": []any{
			map[string]any{"unique_id": "source.small.users", "status": "success", "martlet": map[string]any{"rows_in": 1234, "rows_out": 1200, "rejected": 34}},
			map[string]any{"unique_id": "model.small.mart_users", "status": "success", "martlet": map[string]any{"rows_in": 1200, "rows_out": 1200}},
			map[string]any{"unique_id": "test.small.unique_users_id", "status": "pass", "failures": 0, "martlet": map[string]any{"rows": 1200}},
			map[string]any{"unique_id": "test.small.mail_is_told", "status": "warn", "failures": 7, "message": "7 of 1,200 rows", "martlet": map[string]any{"rows": 1200,
				"examples": []any{map[string]any{"key": "id=4", "value": "someone@example.com", "place": "seeds/users.csv:5"}}}},
		},
		"martlet": map[string]any{"project": "small", "schema": "f1", "run": strings.Repeat("ab", 32), "as_of": "2024-05-01T00:00:00.000000Z", "outcome": "done", "published": true,
			"files": []any{map[string]any{"path": "out/mart_users.csv", "size": 1500}}},
	}
	if change != nil {
		change(run)
	}
	text, err := json.Marshal(run)
	if err != nil {
		panic(err)
	}
	return text
}

// wants holds a page to say some things and not to say others.
func wants(t *testing.T, page string, says []string, saysNot ...string) {
	t.Helper()
	text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, no := range saysNot {
		if strings.Contains(text, no) || strings.Contains(page, no) {
			t.Errorf("the page says %q", no)
		}
	}
}

func TestPageOfARun(t *testing.T) {
	page := pageOf(t, small(), docs.Files{
		Results: results(nil),
		Sources: []byte(`{"results":[{"unique_id":"source.small.users","status":"error","max_loaded_at":"2024-04-28T00:00:00.000000Z","max_loaded_at_time_ago_in_s":259201,` +
			`"criteria":{"warn_after":null,"error_after":{"count":2,"period":"day"}},"martlet":{"loaded_at":"at"}}],"martlet":{"as_of":"2024-05-01T00:00:00.000000Z"}}`),
		History: []byte("generated_at,as_of,test,status,failures,rows\nx,2024-04-29T00:00:00Z,mail_is_told,pass,0,9\nx,2024-04-30T00:00:00Z,mail_is_told,warn,7,9\nx,2024-05-01T00:00:00Z,mail_is_told,fa"),
	})
	wants(t, page, []string{
		"Passed with 1 warning, and published", "Data as of 1 May 2024, 00:00 UTC", "run abababababababab",
		"7 of 1,200 rows", "seeds/users.csv:5", "34 rejected", "out/mart_users.csv 1.5 kB",
		"0 of 1 source is fresh", "3 days 1 second", "stale after 2 days", "28 April 2024, 00:00 UTC",
		"mail is not null", "from users.mail", "One record per user.", "select 'it''s' -- all",
	}, "someone@example.com", "Nothing has run yet")
	if want := `aria-label="Last 2 runs: 1 warned, 1 passed"`; !strings.Contains(page, want) {
		t.Errorf("the page has no %s", want)
	}
	if want := `title="30 April 2024, 00:00 UTC: warning, 7 of 9 rows"`; !strings.Contains(page, want) {
		t.Errorf("the page has no %s", want)
	}
}

func TestPageWithoutARun(t *testing.T) {
	wants(t, pageOf(t, small(), docs.Files{}), []string{"Nothing has run yet", "bin/build docs", "mart_users"}, "Needs attention", "Data as of")
	wants(t, pageOf(t, small(), docs.Files{Sources: []byte(`{"results":[{"unique_id":"source.small.users","status":"runtime error","error":"no record has a value"}]}`)}),
		[]string{"Nothing has run yet", "unknown", "no record has a value"})
}

func TestPageOfNothing(t *testing.T) {
	wants(t, pageOf(t, &contract.Project{Name: "bare"}, docs.Files{}), []string{"The project has no nodes.", "The project has no tests."})
}

func TestPageOfARunWithoutTests(t *testing.T) {
	page := pageOf(t, small(), docs.Files{Results: results(func(run map[string]any) { run["results"] = run["results"].([]any)[:2] })})
	wants(t, page, []string{"Done, without a test, and published", "2 not run"}, "All tests passed")
}

func TestPageOfAFailedRun(t *testing.T) {
	page := pageOf(t, small(), docs.Files{Results: results(func(run map[string]any) {
		about := run["martlet"].(map[string]any)
		about["outcome"], about["published"], about["note"] = "bad data", false, "Nothing was published."
		about["rejects"] = []any{
			map[string]any{"source": "users", "place": "seeds/users.csv:9", "column": "id", "found": "x", "expected": "an int64"},
			map[string]any{"source": "users", "place": "seeds/users.csv:8", "column": "mail", "found": "someone@example.com", "expected": "text"},
		}
		about["rejected"], about["reject_files"], about["failed_expressions"] = 2, []string{"target/rejects/users.csv"}, 9
		about["failures"] = []any{map[string]any{"node": "mart_users", "column": "has_mail", "place": "seeds/users.csv:3", "message": "division by zero"}}
		all := run["results"].([]any)
		all[2].(map[string]any)["status"], all[2].(map[string]any)["message"] = "fail", "2 repeated values"
		all[1].(map[string]any)["status"], all[1].(map[string]any)["message"] = "error", "1 expression failed"
	})})
	wants(t, page, []string{
		"The data failed", "Nothing was published.", "Needs attention", "2 repeated values", "2 records rejected", "target/rejects/users.csv", "Found x, expected an int64.", "Found <redacted>, expected text.", "9 expressions failed",
		"division by zero.", "1 expression failed",
	}, "someone@example.com")
	if failed, warned := strings.Index(page, "2 repeated values"), strings.Index(page, "7 of 1,200 rows"); failed > warned {
		t.Error("a test that warned stands before one that failed")
	}
}

func TestPageOfOtherResults(t *testing.T) {
	wants(t, pageOf(t, small(), docs.Files{Results: results(nil)}), nil, "has changed since", "another project")
	other := results(func(run map[string]any) { run["martlet"].(map[string]any)["schema"] = "f0" })
	wants(t, pageOf(t, small(), docs.Files{Results: other}), []string{"The schema has changed since the last run"})
	other = results(func(run map[string]any) { run["martlet"].(map[string]any)["project"] = "large" })
	wants(t, pageOf(t, small(), docs.Files{Results: other}), []string{"those of another project, large"})
}

func TestFilesThatAreNone(t *testing.T) {
	_, err := docs.Page(small(), docs.Files{Results: []byte("{}"), Sources: []byte("x"), History: []byte("a,b\n1,2\n")}, false)
	for _, want := range []string{"run_results.json: ", "sources.json: ", "test_history.csv: ", "there is no column as_of"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("found %v, expected %q in it", err, want)
		}
	}
	p := small()
	p.Places = nil
	if _, err := docs.Page(p, docs.Files{}, false); err == nil || !strings.Contains(err.Error(), "go generate") {
		t.Errorf("found %v, expected the command that mends it", err)
	}
}

// island is the JSON that the scripts read, as far as the tests do.
type island struct {
	Nodes []struct {
		Name    string
		Reads   []int
		Columns []struct {
			Name  string
			Reads [][2]int
		}
	}
	Tests []struct{ Name string }
}

func islandOf(t *testing.T, page string) (found island) {
	t.Helper()
	_, text, ok := strings.Cut(page, `<script type="application/json" id="graph">`)
	text, _, end := strings.Cut(text, "</script>")
	if !ok || !end {
		t.Fatal("there is no island of JSON in the page")
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestGraph holds the island to the project: its edges are the inputs, and the columns
// that one goes back to are those found by following Reads one after the other.
func TestGraph(t *testing.T) {
	p, err := docstest.Project(7, 60, 6)
	if err != nil {
		t.Fatal(err)
	}
	found := islandOf(t, pageOf(t, p, docstest.Files(7, p)))
	if want := len(p.Sources) + len(p.Models); len(found.Nodes) != want {
		t.Fatalf("found %d nodes, expected %d", len(found.Nodes), want)
	}
	for i := range p.Models {
		m := &p.Models[i]
		n := found.Nodes[len(p.Sources)+i]
		var reads []string
		for _, r := range n.Reads {
			reads = append(reads, found.Nodes[r].Name)
		}
		want := unique(m.Inputs())
		if slices.Sort(reads); n.Name != m.Name || !slices.Equal(reads, want) {
			t.Errorf("%s: found that it reads %v, expected %v", n.Name, reads, want)
		}
		for k, c := range m.Columns {
			want := unique(naivePath(p, m.Name, c.Name))
			if got := unique(islandPath(found, len(p.Sources)+i, k)); !slices.Equal(got, want) {
				t.Errorf("%s.%s: found the way %v, expected %v", m.Name, c.Name, got, want)
			}
		}
	}
}

func unique(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// naivePath are the columns that a column goes back to, itself included.
func naivePath(p *contract.Project, node, column string) []string {
	path := []string{node + "." + column}
	for i := range p.Models {
		m := &p.Models[i]
		for _, c := range m.Columns {
			if m.Name != node || c.Name != column {
				continue
			}
			for _, r := range c.Reads {
				path = append(path, naivePath(p, m.Inputs()[r.Input], r.Column)...)
			}
		}
	}
	return path
}

func islandPath(g island, node, column int) []string {
	c := g.Nodes[node].Columns[column]
	path := []string{g.Nodes[node].Name + "." + c.Name}
	for _, r := range c.Reads {
		path = append(path, islandPath(g, r[0], r[1])...)
	}
	return path
}

// TestEscaping plants what would break out of a page in every text it shows.
func TestEscaping(t *testing.T) {
	const evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;\u2028\u2029`${1}`"
	p := small()
	p.Name, p.Description = evil, evil
	run := results(func(run map[string]any) {
		about := run["martlet"].(map[string]any)
		for _, key := range []string{"problem", "note", "run", "as_of"} {
			about[key] = evil
		}
		about["rejects"] = []any{map[string]any{"source": evil, "place": evil, "column": evil, "found": evil, "expected": evil}}
		for _, r := range run["results"].([]any) {
			r.(map[string]any)["message"] = evil
			r.(map[string]any)["unique_id"] = strings.ReplaceAll(r.(map[string]any)["unique_id"].(string), ".small.", "."+evil+".")
			r.(map[string]any)["martlet"].(map[string]any)["examples"] = []any{map[string]any{"key": evil, "value": evil, "place": evil}}
		}
	})
	for _, n := range []*contract.Node{&p.Sources[0].Node, &p.Models[0].Node} {
		n.Description, n.Tags, n.Grain = evil, []string{evil}, []string{evil}
		for i := range n.Columns {
			n.Columns[i].Description, n.Columns[i].Type, n.Columns[i].Expr, n.Columns[i].Lineage = evil, evil, evil, []string{evil}
		}
		for i := range n.Tests {
			n.Tests[i].Description, n.Tests[i].Expected, n.Tests[i].Where, n.Tests[i].Name = evil, evil, evil, evil
		}
	}
	p.Models[0].SQL, p.Models[0].Layer, p.Sources[0].Seed, p.Sources[0].Workbook = evil, evil, evil, evil
	p.Models[0].Columns[0].Reads[0].Column = "mail"
	page := pageOf(t, p, docs.Files{Results: run, History: []byte("as_of,test,status,failures,rows\nx,\"" + strings.ReplaceAll(evil, `"`, `""`) + "\",pass,1,2\n")})
	if n := strings.Count(page, "<script"); n != 3 { // the early one, the island, the script
		t.Errorf("found %d scripts, expected 3", n)
	}
	for _, no := range []string{"<img", "alert(1)</script>", "\u2028", "\u2029"} {
		if shown := regexp.MustCompile(`(?s)<script type="application/json".*?</script>`).FindString(page); strings.Contains(shown, no) || no == "<img" && strings.Contains(page, no) {
			t.Errorf("the page has %q", no)
		}
	}
	if found := islandOf(t, page); found.Nodes[0].Name != "users" || found.Tests[0].Name != evil {
		t.Errorf("the island reads %+v", found.Tests)
	}
	wants(t, page, []string{evil})
}

// TestPolicy holds the page to fetch nothing.
func TestPolicy(t *testing.T) {
	page := pageOf(t, small(), docs.Files{})
	for _, m := range regexp.MustCompile(`(?:src|href|url\()=?["'(]?(https?:|//)`).FindAllString(page, -1) {
		t.Errorf("the page has %s", m)
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") || !strings.Contains(page, "connect-src &#39;none&#39;") {
		t.Error("the page does not say that it fetches nothing")
	}
}

func TestLivePage(t *testing.T) {
	page, err := docs.Page(small(), docs.Files{}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"EventSource(", "connect-src &#39;self&#39;"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %s", want)
		}
		if strings.Contains(pageOf(t, small(), docs.Files{}), want) {
			t.Errorf("the page that is opened from disk has %s", want)
		}
	}
}

// TestHistoryIsCut holds a long history to its last runs.
func TestHistoryIsCut(t *testing.T) {
	var history strings.Builder
	history.WriteString("as_of,test,status,failures,rows\n")
	for i := range 200 {
		status := "pass"
		if i < 170 {
			status = "fail"
		}
		fmt.Fprintf(&history, "2024-01-01,unique_users_id,%s,0,1\n", status)
	}
	page := pageOf(t, small(), docs.Files{History: []byte(history.String())})
	if want := `aria-label="Last 30 runs: 30 passed"`; !strings.Contains(page, want) {
		t.Errorf("the page has no %s", want)
	}
}

// FuzzPage gives it files of any kind: they make a page or an error.
func FuzzPage(f *testing.F) {
	f.Add(results(nil), []byte(`{"results":[{"unique_id":"source.small.users","status":"pass"}]}`), []byte("as_of,test,status,failures,rows\n1,mail_is_told,pass,0,1\n"),
		[]byte(`{"version":1,"project":"small","nodes":[{"unique_id":"source.small.users","rows":2,"columns":[{"name":"id","nulls":1,"values":{"counted":1,"histogram":{"of":"values","bins":[]},"top":[{"value":"1","count":0}]}}]}]}`))
	f.Add([]byte(`{"martlet":{"outcome":"x"}}`), []byte(`{}`), []byte("\n"), []byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, results, sources, history, profiles []byte) {
		page, err := docs.Page(small(), docs.Files{Results: results, Sources: sources, History: history, Profiles: profiles, Before: profiles}, false)
		if (err == nil) != bytes.Contains(page, []byte("</html>")) {
			t.Fatalf("found %v and a page of %d bytes", err, len(page))
		}
	})
}

// TestWhatIsPersonalByNow holds the page to tell nothing of an older schema's results
// that the schema as it is would not have let be told: values, keys, and what stood in
// columns and nodes that have other names by now.
func TestWhatIsPersonalByNow(t *testing.T) {
	const secret = "someone@example.com"
	about := func(run map[string]any) map[string]any { return run["martlet"].(map[string]any) }
	files := docs.Files{Results: results(func(run map[string]any) {
		about(run)["schema"] = "f0"
		about(run)["failed_expressions"] = 2
		about(run)["failures"] = []any{
			map[string]any{"node": "mart_users", "column": "has_mail", "key": "mail=" + secret, "place": "seeds/users.csv:3", "message": "division by zero"},
			map[string]any{"node": "renamed", "column": "c", "key": "mail=" + secret, "place": "seeds/users.csv:4", "message": "division by zero"},
		}
		about(run)["rejects"] = []any{
			map[string]any{"source": "renamed", "place": "seeds/old.csv:2", "column": "mail", "found": secret, "expected": "text"},
			map[string]any{"source": "users", "place": "seeds/users.csv:2", "column": "renamed", "found": secret, "expected": "text"},
			map[string]any{"source": "users", "place": "seeds/users.csv:7", "found": "1 field; expected 2"},
		}
		for _, r := range run["results"].([]any) {
			r.(map[string]any)["martlet"].(map[string]any)["examples"] = []any{map[string]any{"key": "mail=" + secret, "value": secret, "place": "seeds/users.csv:5"}}
		}
	})}
	wants(t, pageOf(t, small(), files), []string{"division by zero", "Found <redacted>, expected text.", "Found 1 field; expected 2.", "<redacted> seeds/users.csv:3"}, secret)
}
