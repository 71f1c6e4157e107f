package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"martlet/internal/docs"
	"martlet/internal/profile"
)

func text(s string) *string { return &s }

// profiles are those of the small project: id has a histogram, has_mail two values, and
// of mail, which is personal, there are values that should not be there.
func profiles(asOf string, rows int64, more ...string) *profile.Profiles {
	set := append([]string{"false", "true"}, more...)
	return &profile.Profiles{Version: profile.Version, Project: "small", Nodes: []profile.Node{
		{UniqueID: "source.small.users", ResourceType: "source", Name: "users", AsOf: asOf, Complete: true, Relation: profile.Relation{Rows: rows, Columns: []profile.Column{
			{Name: "id", Type: "int64", Distinct: rows, Values: &profile.Values{Min: text("1"), Max: text("99"), Counted: rows, Exact: true,
				Top:       []profile.Top{{Value: "7", Count: 2}},
				Histogram: &profile.Histogram{Of: profile.OfValues, Above: 3, Bins: []profile.Bin{{From: "0", To: "50", Count: 60}, {From: "50", To: "100", Count: 30}}}}},
			{Name: "mail", Type: "string", Nulls: 1, Distinct: 5, DistinctExact: true, Values: &profile.Values{Min: text("someone@example.com"), Max: text("x"), Set: []string{"someone@example.com"}, Counted: 1, Exact: true,
				Top: []profile.Top{{Value: "someone@example.com", Count: 1}}}},
			{Name: "no_more", Type: "string"},
		}}},
		{UniqueID: "model.small.mart_users", ResourceType: "model", Name: "mart_users", AsOf: asOf, Complete: true, Relation: profile.Relation{Rows: rows, Columns: []profile.Column{
			{Name: "has_mail", Type: "bool", Nulls: rows / 4, Distinct: int64(len(set)), DistinctExact: true, Values: &profile.Values{Min: text("false"), Max: text("true"), Set: set, Counted: 10, Exact: true,
				Top: []profile.Top{{Value: "true", Count: 6}, {Value: "false", Count: 4}}}},
		}}},
	}}
}

func encoded(t *testing.T, p *profile.Profiles) []byte {
	t.Helper()
	text, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestProfiles(t *testing.T) {
	page := pageOf(t, small(), docs.Files{Profiles: encoded(t, profiles("2024-05-02T00:00:00.000000Z", 1200))})
	wants(t, page, []string{
		"Of all rows as of 2 May 2024, 00:00 UTC.", "about 1,200 distinct", "no null", "1 null, under 0.1%", "300 null, 25%", "5 distinct", "true6", "false4", "least1", "greatest99", "100 · 3 above",
	}, "someone@example.com", "no_more", "Compared with")
	for _, want := range []string{`aria-label="Values from 0 to 100; most, 60, from 0 to 50; 3 above"`, `d="M0 48v-48h119v48zM120 48v-24h119v24z"`, `d="M0 48v-48h23v48zM24 48v-32h23v32z"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func TestDrift(t *testing.T) {
	before, now := profiles("2024-05-01T00:00:00.000000Z", 1000), profiles("2024-05-02T00:00:00.000000Z", 1200, "unknown")
	now.Nodes[1].Columns[0].Nulls = 600
	now.Nodes[0].Columns[0].Values.Max = text("120")
	page := pageOf(t, small(), docs.Files{Profiles: encoded(t, now), Before: encoded(t, before)})
	wants(t, page, []string{
		"Compared with 1 May 2024, 00:00 UTC", "1,000 rows → 1,200", "greatest: 99 → 120", "distinct: about 1,000 → about 1,200", "distinct: 2 → 3", "null: 25% → 50%", "new: unknown",
	}, "someone@example.com")
	overview, _, _ := strings.Cut(page[strings.Index(page, "What has moved"):], "</section>")
	wants(t, overview, []string{"users", "mart_users", "null: 25% → 50%; new: unknown"}, "greatest")
	same := pageOf(t, small(), docs.Files{Profiles: encoded(t, before), Before: encoded(t, before)})
	wants(t, same, nil, "What has moved")
}

// TestLargeProfile holds numbers far from what charts are drawn for to charts.
func TestLargeProfile(t *testing.T) {
	p := profiles("2024-05-02T00:00:00.000000Z", 1<<62)
	h := p.Nodes[0].Columns[0].Values.Histogram
	h.Bins = nil
	for i := range 30 {
		h.Bins = append(h.Bins, profile.Bin{From: fmt.Sprint(i), To: fmt.Sprint(i + 1), Count: int64(i%2) << 61})
	}
	page := pageOf(t, small(), docs.Files{Profiles: encoded(t, p)})
	if strings.Contains(page, "v-0") || !strings.Contains(page, "M8 48v-48h7v48z") {
		t.Error("found a bar without a height, or none of full height")
	}
	h.Bins = []profile.Bin{{From: "0", To: "1"}}
	p.Nodes[1].Rows, p.Nodes[1].Columns[0].Nulls = 0, 0
	pageOf(t, small(), docs.Files{Profiles: encoded(t, p)})
}

// TestDriftOfAPart holds a run that broke off to say of no value that it is gone.
func TestDriftOfAPart(t *testing.T) {
	before, now := profiles("2024-05-01T00:00:00.000000Z", 1000, "unknown"), profiles("2024-05-02T00:00:00.000000Z", 120)
	now.Nodes[0].Complete, now.Nodes[1].Complete = false, false
	wants(t, pageOf(t, small(), docs.Files{Profiles: encoded(t, now), Before: encoded(t, before)}),
		[]string{"the run did not come to the end of them", "120 distinct"}, "gone", "1,000 rows", "What has moved", "Compared with")
}

// TestShares holds what is nearly all, or nearly none, to be told from all and none.
func TestShares(t *testing.T) {
	for _, x := range []struct {
		nulls int64
		want  string
	}{{0, "no null"}, {1, "1 null, under 0.1%"}, {1_000, "1,000 null, 0.1%"}, {99_600, "99,600 null, 10.0%"}, {995_000, "995,000 null, 99.5%"}, {999_999, "999,999 null, over 99.9%"}, {1_000_000, "1,000,000 null, 100%"}} {
		p := profiles("2024-05-02T00:00:00.000000Z", 1_000_000)
		p.Nodes[1].Columns[0].Nulls = x.nulls
		page := pageOf(t, small(), docs.Files{Profiles: encoded(t, p)})
		wants(t, page, []string{x.want})
	}
	before, now := profiles("2024-05-01T00:00:00.000000Z", 1_000_000), profiles("2024-05-02T00:00:00.000000Z", 1_000_000)
	before.Nodes[1].Columns[0].Nulls, now.Nodes[1].Columns[0].Nulls = 1_000_000, 999_999
	wants(t, pageOf(t, small(), docs.Files{Profiles: encoded(t, now), Before: encoded(t, before)}), []string{"null: 100% → over 99.9%"})
}

// TestValuesOutOfSight holds values of which nothing would be seen to be seen.
func TestValuesOutOfSight(t *testing.T) {
	before, now := profiles("2024-05-01T00:00:00.000000Z", 100, "x "), profiles("2024-05-02T00:00:00.000000Z", 100, "\t")
	v := now.Nodes[1].Columns[0].Values
	v.Top = []profile.Top{{Value: "  ", Count: 6}, {Value: "", Count: 3}, {Value: "in between", Count: 1}}
	v.Min, v.Max = text(""), text("z ")
	wants(t, pageOf(t, small(), docs.Files{Profiles: encoded(t, now), Before: encoded(t, before)}),
		[]string{`"  "6`, `""3`, "in between1", `least""`, `greatest"z "`, `new: "\t"`, `gone: "x "`, `least: false → ""`})
}
