package docs

import (
	"fmt"
	"html/template"
	"strings"

	"martlet/internal/report"
)

// functions are what the templates call.
var functions = template.FuncMap{
	"count":  report.Count,
	"breaks": breaks,
	"chart":  func() string { return fmt.Sprintf("0 0 %d %d", chartWidth, chartHeight) },
	"early":  func() template.JS { return early },
	"first":  func(all []example) []example { return all[:min(len(all), 1)] },
	"moved":  moved,
	"textY":  func(line, lines int) int { return 31 - 7*(lines-1) + 14*line },
	"plural": report.Plural,
	"states": func() []State { return []State{Passed, Warned, Failed, Skipped, NotRun} },
	"tally":  tally,
}

// breaks cuts a name where a line may end.
func breaks(name string) []string {
	var parts []string
	for name != "" {
		n := strings.IndexAny(strings.TrimLeft(name, "_."), "_.")
		if n < 0 {
			return append(parts, name)
		}
		n += len(name) - len(strings.TrimLeft(name, "_."))
		for n < len(name) && (name[n] == '_' || name[n] == '.') {
			n++
		}
		parts = append(parts, name[:n])
		name = name[n:]
	}
	return parts
}

// tally counts tests by how they stand, the worst first.
func tally(tests []*Test) []Count {
	n := map[State]int{}
	for _, t := range tests {
		n[t.State]++
	}
	var all []Count
	for _, s := range []State{Failed, Warned, Passed, Skipped, NotRun} {
		if n[s] > 0 {
			all = append(all, Count{State: s, N: n[s]})
		}
	}
	return all
}

// moved are the nodes in whose data something is not as it was.
func moved(nodes []*Node) []*Node {
	var all []*Node
	for _, n := range nodes {
		if n.Profile != nil && n.Profile.Moved() {
			all = append(all, n)
		}
	}
	return all
}
