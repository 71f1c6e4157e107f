package docs

import (
	"fmt"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/manifest"
	"martlet/internal/report"
)

// Ages is how old the sources are that say how old they may be.
type Ages struct {
	AsOf    string
	Words   string // "2 of 3 sources are fresh"
	Sources []*Freshness
}

// Freshness is how old a source is.
type Freshness struct {
	Node   *Node
	State  State
	Word   string // fresh, old, stale, unknown
	Latest string
	Age    string
	Limit  string
	Text   string // why the age is not known
}

// addFreshness says how old the sources are.
func (v *view) addFreshness(p *contract.Project, f *sourcesFile) {
	if f == nil {
		return
	}
	results := map[string]*freshness{}
	for i := range f.Results {
		results[f.Results[i].UniqueID] = &f.Results[i]
	}
	ages := &Ages{AsOf: moment(f.Martlet.AsOf)}
	fresh := 0
	for _, n := range v.Nodes {
		r := results[manifest.ID(manifest.SourceType, p.Name, n.Name)]
		if r == nil || n.Kind != "source" {
			continue
		}
		n.Freshness = newFreshness(n, r)
		ages.Sources = append(ages.Sources, n.Freshness)
		if n.Freshness.State == Passed {
			fresh++
		}
	}
	all := len(ages.Sources)
	if all == 0 {
		return
	}
	verb := "are"
	if all == 1 || fresh == 1 {
		verb = "is"
	}
	ages.Words = fmt.Sprintf("%d of %s %s fresh", fresh, report.Plural(int64(all), "source"), verb)
	v.Ages = ages
}

// ageWords are the words for dbt's statuses of a source.
var ageWords = map[string]string{"pass": "fresh", "warn": "old", "error": "stale", "runtime error": "unknown"}

func newFreshness(n *Node, r *freshness) *Freshness {
	f := &Freshness{Node: n, State: stateOf(r.Status), Word: ageWords[r.Status], Latest: moment(r.Latest), Text: r.Error}
	if r.Latest != "" {
		f.Age = report.Age(r.Ago * 1e6).String()
		if r.Ago < 0 {
			f.Age += " ahead"
		}
	}
	var limits []string
	if w := r.Criteria.WarnAfter; w != nil {
		limits = append(limits, "old after "+report.Plural(w.Count, w.Period))
	}
	if e := r.Criteria.ErrorAfter; e != nil {
		limits = append(limits, "stale after "+report.Plural(e.Count, e.Period))
	}
	f.Limit = strings.Join(limits, ", ")
	return f
}
