package docs

import (
	"fmt"
	"strings"
)

// History is what the last runs found of a test, the oldest first.
type History struct {
	Marks []Mark
	Words string // the same for those who do not see them
}

// Mark is one run.
type Mark struct {
	State State
	Title string
}

func newHistory(runs []past) History {
	h := History{}
	runs = runs[max(0, len(runs)-mostPast):]
	count := map[State]int{}
	for _, r := range runs {
		m := Mark{State: stateOf(r.status), Title: moment(r.asOf) + ": " + stateOf(r.status).String()}
		if r.failures != "0" {
			m.Title += fmt.Sprintf(", %s of %s rows", r.failures, r.rows)
		}
		count[m.State]++
		h.Marks = append(h.Marks, m)
	}
	if len(runs) == 0 {
		return h
	}
	var parts []string
	for _, s := range []State{Failed, Warned, Passed} {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], verbs[s]))
		}
	}
	h.Words = fmt.Sprintf("Last %d runs: %s", len(runs), strings.Join(parts, ", "))
	if len(runs) == 1 {
		h.Words = "Last run: " + h.Marks[0].State.String()
	}
	return h
}

// verbs say what tests did.
var verbs = map[State]string{Failed: "failed", Warned: "warned", Passed: "passed", Skipped: "skipped", NotRun: "not run"}
