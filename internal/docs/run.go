package docs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"martlet/internal/contract"
	"martlet/internal/manifest"
	"martlet/internal/report"
)

// Run is the last run.
type Run struct {
	State     State
	Headline  string
	Problem   string
	Stale     string // why what is shown may not be of this project; empty where it is
	Command   string
	AsOf      string
	Finished  string
	Seconds   string
	ID        string
	Note      string
	Changes   []string // of the incremental models
	Files     []File
	Tally     []Count   // of tests
	Attention []*Test   // what failed and what warned, the worst first
	Troubles  []Trouble // what else is wrong
}

// File is a published file.
type File struct{ Path, Size string }

// Count is how many tests ended in one way.
type Count struct {
	State State
	N     int
	Of    string // "passed, 4 of them by proof"
}

// Trouble is what is wrong beside tests.
type Trouble struct {
	State  State
	Node   *Node // nil where it is of none that the project has
	Title  string
	Text   string
	Places []string
}

// addRun adds what the last run found.
func (v *view) addRun(p *contract.Project, f *found) {
	if f.run == nil {
		return
	}
	d := &f.run.Martlet
	v.Run = &Run{
		Problem: d.Problem, Command: cmp.Or(f.run.Args.Which, "build"), AsOf: moment(d.AsOf), Finished: moment(f.run.Metadata.GeneratedAt),
		Seconds: fmt.Sprintf("%.2f s", f.run.Elapsed), ID: d.Run[:min(len(d.Run), shownDigits)], Note: d.Note,
	}
	switch {
	case d.Project != p.Name:
		v.Run.Stale = fmt.Sprintf("The results in the target folder are those of another project, %s.", d.Project)
	case d.Schema != p.Fingerprint:
		v.Run.Stale = "The schema has changed since the last run, so its results may not fit what is shown here."
	}
	for _, file := range d.Files {
		v.Run.Files = append(v.Run.Files, File{file.Path, report.Size(file.Size)})
	}
	v.Run.Changes = changes(d.Increment)
	results := map[string]*result{}
	for i := range f.run.Results {
		results[f.run.Results[i].UniqueID] = &f.run.Results[i]
	}
	for _, n := range v.Nodes {
		n.addResults(p.Name, results)
	}
	if v.Run.Stale != "" {
		v.withhold()
	}
	v.Run.judge(d.Outcome, d.Published, v.Tests)
	v.addTroubles(f.run)
}

// shownDigits of a run's identity name its folder.
const shownDigits = 16

// addResults says how the node and its tests ended.
func (n *Node) addResults(project string, results map[string]*result) {
	if r := results[manifest.ID(n.Kind, project, n.Name)]; r != nil {
		n.State = stateOf(r.Status)
		if n.State != Skipped {
			n.Rows = &Rows{Rejected: r.Martlet.Rejected, Filtered: r.Martlet.Filtered, Folded: r.Martlet.Folded, Out: r.Martlet.RowsOut}
		}
		if n.State != Passed {
			n.Message = r.Message
		}
	}
	for _, t := range n.Tests {
		r := results[manifest.ID(manifest.TestType, project, t.Name)]
		if r == nil {
			continue
		}
		t.State, t.Message, t.ByProof, t.Rows = stateOf(r.Status), r.Message, r.Martlet.ByProof, r.Martlet.Rows
		t.Examples, t.Files = r.Martlet.Examples, r.Martlet.Files
		t.redact()
		if t.State.Bad() {
			n.State = max(n.State, t.State)
		}
	}
}

// redact hides what is personal by now; a run hides what was so when it ran.
func (t *Test) redact() {
	keyed := slices.ContainsFunc(t.Node.Columns, func(c *Column) bool { return c.Key && c.PII })
	hide(t.Examples, keyed, t.pii)
}

// hide hides keys and values.
func hide(examples []example, keys, values bool) {
	for i := range examples {
		x := &examples[i]
		if keys && x.Key != "" {
			x.Key = contract.Redacted
		}
		if values && x.Value != "" {
			x.Value = contract.Redacted
		}
	}
}

// withhold drops what an older schema let be said of values that are personal by now.
// There a row may have been named by other columns, and a test have looked at others.
func (v *view) withhold() {
	for _, t := range v.Tests {
		if t.pii {
			t.Message = ""
		}
		if !t.Node.knownAsPlain() {
			hide(t.Examples, true, true)
		}
	}
}

// headlines are of the outcomes in run_results.json.
var headlines = map[string]struct {
	state State
	words string
}{
	"done":     {Passed, "All tests passed"},
	"bad data": {Failed, "The data failed"},
	"not done": {Failed, "The run could not be done"},
	"stopped":  {Failed, "The run was stopped"},
}

// judge says how the run as a whole ended, and counts the tests.
func (r *Run) judge(outcome string, published bool, tests []*Test) {
	head := headlines[outcome]
	r.State, r.Headline = head.state, head.words
	count := map[State]int{}
	proved := 0
	for _, t := range tests {
		count[t.State]++
		if t.ByProof {
			proved++
		}
		if t.State.Bad() {
			r.Attention = append(r.Attention, t)
		}
	}
	sortTests(r.Attention)
	switch {
	case r.State == Passed && count[Warned] > 0:
		r.State, r.Headline = Warned, "Passed with "+report.Plural(int64(count[Warned]), "warning")
	case r.State == Passed && count[Passed] == 0:
		r.Headline = "Done, without a test"
	}
	switch {
	case published:
		r.Headline += ", and published"
	case r.Note == "" && r.Command == "build":
		r.Note = "Nothing was published."
	}
	for _, s := range []State{Failed, Warned, Passed, Skipped, NotRun} {
		words := verbs[s]
		if s == Passed && proved > 0 {
			words += fmt.Sprintf(", %d by proof", proved)
		}
		if count[s] > 0 || s != Skipped && s != NotRun {
			r.Tally = append(r.Tally, Count{s, count[s], words})
		}
	}
}

// changes says what a run changed in the incremental models.
func changes(x *increment) []string {
	if x == nil {
		return nil
	}
	var all []string
	switch {
	case x.Unchanged:
		all = append(all, "Nothing was new; what is published stays.")
	case x.Full:
		all = append(all, "Full refresh: "+x.Reason+".")
	default:
		all = append(all, "Incremental: "+x.New+".")
	}
	for _, c := range x.Changes {
		all = append(all, c.Model+": "+c.text()+".")
	}
	return all
}

func (c *change) text() string {
	if !c.Compared {
		return report.Plural(c.Inserts, "row") + ", all of them new"
	}
	var parts []string
	for _, part := range []struct {
		rows int64
		verb string
	}{{c.Inserts, "added"}, {c.Updates, "changed"}, {c.Deletes, "removed"}} {
		if part.rows > 0 {
			parts = append(parts, report.Plural(part.rows, "row")+" "+part.verb)
		}
	}
	if len(parts) == 0 {
		return "no row changed"
	}
	return strings.Join(parts, ", ")
}

// addTroubles lists what is wrong beside tests: nodes that failed, records that were
// rejected, expressions without a value.
func (v *view) addTroubles(run *runFile) {
	byName := map[string]*Node{}
	for _, n := range v.Nodes {
		byName[n.Name] = n
		if n.Message != "" && n.State != Skipped {
			v.Run.Troubles = append(v.Run.Troubles, Trouble{State: n.State, Node: n, Title: n.Name, Text: n.Message})
		}
	}
	if d := &run.Martlet; d.Rejected > 0 {
		v.Run.Troubles = append(v.Run.Troubles, Trouble{State: Warned, Title: report.Plural(d.Rejected, "record") + " rejected", Text: "What could not be read is left out, whole records at a time.", Places: d.RejectFiles})
	}
	for _, x := range run.Martlet.Rejects {
		if byName[x.Source].personal(x.Column) || v.Run.Stale != "" && !byName[x.Source].has(x.Column) {
			x.Found = contract.Redacted
		}
		text := "Found " + x.Found
		if x.Expected != "" {
			text += ", expected " + x.Expected
		}
		v.Run.Troubles = append(v.Run.Troubles, Trouble{State: Warned, Node: byName[x.Source], Title: dotted(x.Source, x.Column), Text: text + ".", Places: []string{x.Place}})
	}
	if d := &run.Martlet; d.Failed > int64(len(d.Failures)) {
		v.Run.Troubles = append(v.Run.Troubles, Trouble{State: Failed, Title: report.Plural(d.Failed, "expression") + " failed", Text: "The first of each column are these."})
	}
	for _, x := range run.Martlet.Failures {
		if x.Key != "" && v.Run.Stale != "" && !byName[x.Node].knownAsPlain() {
			x.Key = contract.Redacted
		}
		v.Run.Troubles = append(v.Run.Troubles, Trouble{State: Failed, Node: byName[x.Node], Title: dotted(x.Node, x.Column), Text: x.Message + ".", Places: []string{strings.TrimSpace(x.Key + " " + x.Place)}})
	}
}

// personal says whether a column of the node is tagged as personal. A node that the
// project does not have has none.
func (n *Node) personal(column string) bool {
	return n != nil && slices.ContainsFunc(n.Columns, func(c *Column) bool { return c.Name == column && c.PII })
}

// has says whether the project has a column; "" stands for a record as a whole, of
// which no value is told. Of a column that it has no more, or by another name,
// nobody knows whether it is personal.
func (n *Node) has(column string) bool {
	return column == "" || n != nil && n.column(column) != nil
}

// knownAsPlain says that nothing which names a row of the node, in this or in an older
// schema, is personal by now: a model's rows are named by its own columns or by those
// of what it reads.
func (n *Node) knownAsPlain() bool {
	if n == nil {
		return false
	}
	plain := func(n *Node) bool { return !slices.ContainsFunc(n.Columns, func(c *Column) bool { return c.PII }) }
	return plain(n) && !slices.ContainsFunc(n.inputs, func(input *Node) bool { return !plain(input) })
}

func dotted(node, column string) string {
	if column == "" {
		return node
	}
	return node + "." + column
}

// moment writes a time of the files for people; one that is none stays as it is.
func moment(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}
