package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"martlet/generated"
	"martlet/internal/contract"
	"martlet/internal/profile"
)

// profiles reads a file of profiles that the last run left.
func (s *site) profiles(name string) *profile.Profiles {
	s.t.Helper()
	p, err := profile.Decode([]byte(s.read("target/" + name)))
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// named gives the profile of a node by its name.
func named(t testing.TB, p *profile.Profiles, name string) *profile.Node {
	t.Helper()
	i := slices.IndexFunc(p.Nodes, func(n profile.Node) bool { return n.Name == name })
	if i < 0 {
		t.Fatalf("there is no profile of %s", name)
	}
	return &p.Nodes[i]
}

// The profile of the mart is what is in its CSV file, in which numbers alone are not in
// the order of their texts, and nothing is empty text.
func TestProfileOfTheMart(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	header, records := readCSV(t, s.path(martCSV))
	mart := named(t, s.profiles("profiles.json"), "mart_users_marketing")
	if mart.Rows != int64(len(records)) || !mart.Passed || !mart.Complete || mart.ResourceType != "model" || len(mart.Columns) != len(header) {
		t.Fatalf("%d rows and %d columns, passed %t, complete %t; want %d and %d", mart.Rows, len(mart.Columns), mart.Passed, mart.Complete, len(records), len(header))
	}
	for i, c := range mart.Columns {
		counts, nulls := map[string]int64{}, int64(0)
		for _, r := range records {
			if r[i] == "" {
				nulls++
			} else {
				counts[r[i]]++
			}
		}
		if c.Name != header[i] || c.Nulls != nulls || c.Distinct != int64(len(counts)) || !c.DistinctExact {
			t.Errorf("%s: %d nulls and %d values; want %d and %d", c.Name, c.Nulls, c.Distinct, nulls, len(counts))
		}
		if personal := slices.Contains([]string{"email", "date_of_birth"}, c.Name); c.PII != personal || (c.Values == nil) != personal {
			t.Errorf("%s is personal: %t", c.Name, c.PII)
		}
		if c.PII {
			continue
		}
		compareProfile(t, &c, counts)
	}
}

func compareProfile(t *testing.T, c *profile.Column, counts map[string]int64) {
	t.Helper()
	var values []string
	for v := range counts {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b string) int {
		if x, err := strconv.Atoi(a); err == nil {
			y, _ := strconv.Atoi(b)
			return x - y
		}
		return strings.Compare(a, b)
	})
	v := c.Values
	if len(values) > 0 && (*v.Min != values[0] || *v.Max != values[len(values)-1]) {
		t.Errorf("%s: from %s to %s; want from %s to %s", c.Name, *v.Min, *v.Max, values[0], values[len(values)-1])
	}
	if v.Set != nil && !slices.Equal(v.Set, values) || (v.Set == nil) != (len(values) > 256) {
		t.Errorf("%s: the values %q; want %q", c.Name, v.Set, values)
	}
	for i, top := range v.Top {
		if top.Count != counts[top.Value] || i > 0 && top.Count > v.Top[i-1].Count {
			t.Errorf("%s: %+v among %v; want %d", c.Name, top, v.Top, counts[top.Value])
		}
	}
	total := int64(0)
	for _, n := range counts {
		total += n
	}
	if v.Counted != total || !v.Exact {
		t.Errorf("%s: %d values were counted; want all %d", c.Name, v.Counted, total)
	}
	if h := v.Histogram; h != nil {
		all := h.Below + h.Above
		for _, bin := range h.Bins {
			all += bin.Count
		}
		if all != total {
			t.Errorf("%s: %d of %d values are spread out", c.Name, all, total)
		}
	}
}

// What is personal stands in no profile, also where it was not tagged in the run before.
func TestProfilesShowNothingPersonal(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	s.expect(s.run("--as-of", "2024-05-02"), 0)
	var personal []string
	for name, columns := range map[string][]int{"seeds/user_account.csv": {1}, "seeds/user_account_attributes.csv": {3}, martCSV: {1, 3}} {
		_, records := readCSV(t, s.path(name))
		for _, r := range records {
			for _, i := range columns {
				if len(r[i]) > 5 {
					personal = append(personal, strings.TrimSpace(r[i]))
				}
			}
		}
	}
	for _, name := range []string{"profiles.json", "profiles_before.json"} {
		text := s.read("target/" + name)
		for _, v := range personal {
			if strings.Contains(text, `"`+v) {
				t.Errorf("%s has %q", name, v)
			}
		}
		if info, err := os.Stat(s.path("target/" + name)); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if len(personal) < 2000 {
		t.Errorf("only %d values were looked for", len(personal))
	}
	x := &extracts{s, generated.Project()}
	mart := slices.IndexFunc(x.project.Models, func(m contract.Model) bool { return m.Name == "mart_users_marketing" })
	x.project.Models[mart].Columns[4].PII = true
	for _, name := range []string{"profiles.json", "profiles_before.json"} {
		if c := named(t, s.profiles(name), "mart_users_marketing").Columns[4]; c.Values == nil || c.Name != "country_code" {
			t.Errorf("%s has %+v", name, c)
		}
	}
	s.expect(x.run("test", "--as-of", "2024-05-02", "--select", "country"), 0)
	for _, name := range []string{"profiles.json", "profiles_before.json"} {
		if c := named(t, s.profiles(name), "mart_users_marketing").Columns[4]; c.Values != nil || !c.PII {
			t.Errorf("%s has %+v of a column that is personal by now", name, c)
		}
	}
}

// Each node has the profile of the last run that ran it, and that of the last one before
// that passed is kept to compare with.
func TestProfilesOfRunAfterRun(t *testing.T) {
	s := sampleSite(t)
	said := func(name, node string) string {
		t.Helper()
		n := named(t, s.profiles(name), node)
		return n.AsOf[:10] + " " + strconv.FormatInt(n.Rows, 10)
	}
	expect := func(node, now, before string) {
		t.Helper()
		if got := said("profiles.json", node); got != now {
			t.Errorf("%s: %s, want %s", node, got, now)
		}
		if before == "" {
			return
		}
		if got := said("profiles_before.json", node); got != before {
			t.Errorf("%s before: %s, want %s", node, got, before)
		}
	}
	const mart = "mart_users_marketing"
	s.expect(s.build(), 0)
	first := s.read("target/profiles.json")
	if _, err := os.Stat(s.path("target/profiles_before.json")); !os.IsNotExist(err) {
		t.Errorf("a first run has one before: %v", err)
	}
	s.remove("target/profiles.json")
	s.expect(s.build(), 0, "nothing is new")
	if s.read("target/profiles.json") != first {
		t.Error("where nothing is new there are other profiles")
	}
	s.expect(s.run("test", "--as-of", asOf, "--threads", "1"), 0)
	if s.read("target/profiles.json") != first {
		t.Error("a test gives other profiles")
	}
	s.expect(s.run("--as-of", "2024-05-02"), 0)
	expect(mart, "2024-05-02 948", "2024-05-01 948")
	s.expect(s.run("--as-of", "2024-05-03", "--select", "user_account_closures"), 0)
	expect("user_account_closures", "2024-05-03 165", "2024-05-02 165")
	expect(mart, "2024-05-02 948", "2024-05-01 948")

	s.setCells(map[string]any{"user_account_attributes!C2": "X1"})
	s.expect(s.run("--as-of", "2024-05-04"), 1, "FAIL ") // of staging: what rests on it is closed off
	expect("user_account_attributes", "2024-05-04 863", "2024-05-02 863")
	expect(mart, "2024-05-02 948", "2024-05-01 948")
	s.setCells(map[string]any{"user_account_attributes!C2": "IE"})
	s.expect(s.run("--as-of", "2024-05-05"), 0)
	expect("user_account_attributes", "2024-05-05 863", "2024-05-02 863")
	expect(mart, "2024-05-05 948", "2024-05-02 948")

	s.write("target/profiles_before.json", "{")
	s.expect(s.run("--as-of", "2024-05-06"), 0, "profiles_before.json: unexpected end of JSON input; what it had of earlier runs is lost")
	expect(mart, "2024-05-06 948", "2024-05-05 948")
	s.expect(s.run("verify"), 0)
	s.expect(s.run("rollback"), 0)
	s.expect(s.run("--as-of", "2024-05-05"), 0, "nothing is new")
	expect(mart, "2024-05-05 948", "2024-05-06 948")
}

// Where there are more rows than a sample has, an incremental run has the sample of a full
// refresh, of the sources and of the mart.
func TestProfilesOfIncrementsAreThoseOfAFullRefresh(t *testing.T) {
	s := sampleSite(t)
	s.remove("raw_data/ae_sample_db.xlsx", "seeds/seeds.lock")
	c := newCrowd(s, 40_000, 7)
	c.write(s)
	s.expect(s.build(), 0)
	for i := range 3 {
		for _, table := range c.tables {
			c.append(s, table, 150*i+20)
		}
		s.expect(s.build(), 0, "Incremental: 5 files with new records.")
		s.expect(s.build("--full-refresh", "--out", s.path("fresh/out"), "--target-path", s.path("fresh/target"), "--threads", "1"), 0)
		if s.read("target/profiles.json") != s.read("fresh/target/profiles.json") {
			t.Fatal("a full refresh has other profiles")
		}
	}
	mart := named(t, s.profiles("profiles.json"), "mart_users_marketing")
	if v := mart.Columns[0].Values; v.Exact || mart.Columns[0].DistinctExact || v.Counted < 3500 || mart.Rows < 12_000 {
		t.Errorf("%d of %d rows are in the sample, exact: %t", v.Counted, mart.Rows, v.Exact)
	}
}
