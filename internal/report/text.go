package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Bounds of the summary, so that a run of a dozen nodes fits one screen.
const (
	maxTests    = 10 // tests shown that did not pass, the worst first
	maxExamples = 2  // failing rows shown of each of them
	maxRest     = 40 // tests named beyond these
	maxCauses   = 3  // reasons shown for which nodes were skipped
	maxNames    = 5  // nodes named for each of them
	fewTests    = 4  // more tests than this get one example each
	maxFailures = 10 // failed expressions shown
)

// WriteText writes the summary of a run: its nodes, what was rejected, the
// tests that did not pass, the files written, and one last line with the
// verdict.
func WriteText(w io.Writer, r *Run) error {
	out := bufio.NewWriter(w)
	if len(r.Nodes) > 0 {
		if err := writeNodes(out, r.Nodes); err != nil {
			return err
		}
	}
	writeRejects(out, r)
	writeFailures(out, r)
	writeTests(out, r)
	writeSkipped(out, r)
	writeFreshness(out, r)
	writeIncrement(out, r)
	writeFiles(out, r)
	fmt.Fprintf(out, "\n%s\n", r.Verdict())
	return out.Flush()
}

func writeNodes(w io.Writer, nodes []Node) error {
	headings := []Heading{{Title: "Node"}, {Title: "Kind"}, {Title: "Rows in", Number: true}, {Title: "Rejected", Number: true},
		{Title: "Filtered", Number: true}, {Title: "Merged", Number: true}, {Title: "Rows out", Number: true}, {Title: "Seconds", Number: true}}
	troubled := false
	for i := range nodes {
		troubled = troubled || nodes[i].Status != Success
	}
	if troubled {
		headings = append(headings, Heading{Title: "Status"})
	}
	rows := make([][]string, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		rows[i] = []string{n.Name, n.label(), Count(n.RowsIn), few(n.Rejected), few(n.Filtered), few(n.Folded), Count(n.RowsOut), seconds(n.Seconds)}
		if n.Status == Skipped {
			rows[i] = []string{n.Name, n.label(), "-", "-", "-", "-", "-", "-"}
		}
		if troubled {
			rows[i] = append(rows[i], string(n.Status))
		}
	}
	return WriteTable(w, headings, rows)
}

// label is the node's layer, or its kind where it has none.
func (n *Node) label() string {
	if n.Layer != "" {
		return n.Layer
	}
	return string(n.Kind)
}

// few writes a count that is mostly zero so that the others stand out.
func few(n int64) string {
	if n == 0 {
		return "-"
	}
	return Count(n)
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 2, 64) }

func writeRejects(w io.Writer, r *Run) {
	if r.Rejected.Lines == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s:\n", r.Rejected)
	for _, x := range r.Rejects {
		switch {
		case x.Column == "":
			fmt.Fprintf(w, "  %s: %s\n", x.Place, x.Found)
		case x.Expected == "":
			fmt.Fprintf(w, "  %s: column %s: %s\n", x.Place, x.Column, x.Found)
		default:
			fmt.Fprintf(w, "  %s: column %s: found %s, expected %s\n", x.Place, x.Column, x.Found, x.Expected)
		}
	}
	if rest := r.Rejected.Lines - int64(len(r.Rejects)); rest > 0 {
		fmt.Fprintf(w, "  and %s more\n", Count(rest))
	}
	if len(r.RejectFiles) > 0 {
		fmt.Fprintf(w, "  all of them: %s\n", strings.Join(r.RejectFiles, ", "))
	}
	for i := range r.Nodes {
		if n := &r.Nodes[i]; n.Rejection != "" && (n.Status == Warn || n.Status == Errored) {
			fmt.Fprintf(w, "%-5s %s: %s\n", strings.ToUpper(string(n.Status)), n.Name, n.Rejection)
		}
	}
}

// String counts records and cells apart: "3 records rejected, 4 bad cells".
func (r Rejected) String() string {
	var parts []string
	if r.Records > 0 {
		parts = append(parts, Plural(r.Records, "record")+" rejected")
	}
	if r.Cells > 0 {
		parts = append(parts, Plural(r.Cells, "bad cell"))
	}
	if r.Files > 0 {
		parts = append(parts, Plural(r.Files, "file")+" not read to the end")
	}
	return strings.Join(parts, ", ")
}

func writeFailures(w io.Writer, r *Run) {
	if r.FailureCount == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s:\n", Plural(r.FailureCount, "failed expression"))
	shown := failuresShown(r.Failures)
	for _, i := range shown {
		x := r.Failures[i]
		fmt.Fprintf(w, "  %s.%s: %s: %s\n", x.Node, x.Column, where(x.Key, x.Place), x.Message)
	}
	if rest := r.FailureCount - int64(len(shown)); rest > 0 {
		fmt.Fprintf(w, "  and %s more\n", Count(rest))
	}
}

// failuresShown picks the failures that a summary has room for: the first of
// each expression, so that a fault of every row does not hide another of one
// row, and then others.
func failuresShown(failures []Failure) []int {
	var shown, others []int
	seen := map[[2]string]bool{}
	for i, x := range failures {
		at := [2]string{x.Node, x.Column}
		if seen[at] {
			others = append(others, i)
		} else {
			shown = append(shown, i)
		}
		seen[at] = true
	}
	shown = append(shown, others...)
	shown = shown[:min(len(shown), maxFailures)]
	slices.Sort(shown)
	return shown
}

// where joins a row's key and its place, either of which may be unknown.
func where(key, place string) string {
	switch {
	case key == "":
		return place
	case place == "":
		return key
	}
	return key + " at " + place
}

func writeTests(w io.Writer, r *Run) {
	var shown []*Test
	for _, status := range []Status{Errored, Fail, Warn} { // the worst first
		for i := range r.Tests {
			if r.Tests[i].Status == status {
				shown = append(shown, &r.Tests[i])
			}
		}
	}
	if len(shown) == 0 {
		return
	}
	fmt.Fprintln(w)
	examples := maxExamples
	if len(shown) > fewTests {
		examples = 1
	}
	for i, t := range shown {
		if i == maxTests {
			writeRest(w, shown[i:])
			break
		}
		writeTest(w, t, examples)
	}
}

// writeRest names the tests that are not shown one by one.
func writeRest(w io.Writer, rest []*Test) {
	var names []string
	for _, t := range rest[:min(len(rest), maxRest)] {
		names = append(names, fmt.Sprintf("%s (%s)", t.Name, t.Status))
	}
	fmt.Fprintf(w, "and %s: %s", Plural(int64(len(rest)), "more test"), strings.Join(names, ", "))
	if len(rest) > maxRest {
		fmt.Fprint(w, ", ...; run_results.json has them all")
	}
	fmt.Fprintln(w)
}

func writeTest(w io.Writer, t *Test, examples int) {
	fmt.Fprintf(w, "%-5s %s: %s\n", strings.ToUpper(string(t.Status)), t.Name, finding(t))
	for _, x := range t.Examples[:min(len(t.Examples), examples)] {
		fmt.Fprintf(w, "      %s\n", strings.TrimPrefix(where(x.Key, x.Place)+x.found(), ": "))
	}
	if len(t.Files) > 0 {
		fmt.Fprintf(w, "      stored, %s: %s\n", Plural(t.Stored, "row"), strings.Join(t.Files, ", "))
	}
}

// found says what value a row has, and of a repeated one how often.
func (x *Example) found() string {
	value := ""
	if x.Value != "" {
		value = ": found " + x.Value
	}
	if x.Count > 0 {
		value += " in " + Plural(x.Count, "row")
	}
	return value
}

// writeSkipped says which nodes were closed off, and by what: a line for each
// cause.
func writeSkipped(w io.Writer, r *Run) {
	var causes []string
	nodes := map[string][]string{}
	for i := range r.Nodes {
		if n := &r.Nodes[i]; n.Status == Skipped && n.Message != "" {
			if nodes[n.Message] == nil {
				causes = append(causes, n.Message)
			}
			nodes[n.Message] = append(nodes[n.Message], n.Name)
		}
	}
	for _, cause := range causes[:min(len(causes), maxCauses)] {
		names := nodes[cause]
		if len(names) > maxNames {
			names = append(names[:maxNames:maxNames], Plural(int64(len(names)-maxNames), "node")+" more")
		}
		fmt.Fprintf(w, "SKIP  %s: %s\n", strings.Join(names, ", "), cause)
	}
	if n := len(causes) - maxCauses; n > 0 {
		fmt.Fprintf(w, "and others, for %s\n", Plural(int64(n), "further reason"))
	}
}

func writeFiles(w io.Writer, r *Run) {
	if len(r.Files) == 0 && r.Note == "" {
		return
	}
	fmt.Fprintln(w)
	for _, f := range r.Files {
		fmt.Fprintf(w, "%s  %s", f.Path, Size(f.Size))
		if f.Neutralized != nil {
			fmt.Fprintf(w, ", %s neutralized", Plural(*f.Neutralized, "cell"))
		}
		fmt.Fprintln(w)
	}
	if r.Note != "" {
		fmt.Fprintln(w, r.Note)
	}
}

// Verdict is the run in one line.
func (r *Run) Verdict() string {
	tests := r.Tally()
	var b strings.Builder
	b.WriteString([]string{Done: "Done.", BadData: "Failed.", Impeded: "Not done.", Stopped: "Stopped."}[r.Outcome])
	fmt.Fprintf(&b, " %s: %d passed", Plural(int64(len(r.Tests)), "test"), tests.Passed)
	if tests.Proved > 0 {
		fmt.Fprintf(&b, " (%d by proof)", tests.Proved)
	}
	fmt.Fprintf(&b, ", %d warned, %d failed", tests.Warned, tests.Failed)
	if tests.Errored > 0 {
		fmt.Fprintf(&b, ", %d errored", tests.Errored)
	}
	if tests.NotRun > 0 {
		fmt.Fprintf(&b, ", %d not run", tests.NotRun)
	}
	if r.Rejected.Lines > 0 {
		fmt.Fprintf(&b, "; %s", r.Rejected)
	}
	if r.FailureCount > 0 {
		fmt.Fprintf(&b, "; %s", Plural(r.FailureCount, "failed expression"))
	}
	written := "nothing published"
	switch {
	case r.Published:
		written = Plural(int64(len(r.Files)), "file") + " published"
	case len(r.Files) > 0:
		written = Plural(int64(len(r.Files)), "file") + " written, nothing published"
	case r.Command == "test":
		written = "nothing to publish"
	}
	fmt.Fprintf(&b, ". %s in %ss", strings.ToUpper(written[:1])+written[1:], seconds(r.Seconds))
	return b.String()
}

// finding says what was found and what was expected, and of which rows.
func finding(t *Test) string {
	parts := []string{extent(t)}
	if t.Expected != "" {
		parts = append(parts, "expected "+t.Expected)
	}
	if t.Where != "" {
		parts = append(parts, "where "+t.Where)
	}
	return strings.TrimPrefix(strings.Join(parts, ", "), ", ")
}

// extent says how many rows failed a test, of how many. A uniqueness test
// counts values that stand more than once, as dbt does. Of a test that could
// not be decided on every row it says on how many.
func extent(t *Test) string {
	if t.Status == Errored {
		return "no value on " + Plural(t.Errors, "row") + ", failed on " + Count(t.Failures)
	}
	switch {
	case t.Kind == "unique" || t.Kind == "unique_combination":
		return Plural(t.Failures, "repeated value") + " in " + Plural(t.Rows, "row")
	case t.Kind == "row_count" || t.Kind == "recency":
		return "" // the example says it
	case t.Distinct > 0:
		return fmt.Sprintf("%s of %s, %s", Count(t.Failures), Plural(t.Rows, "row"), Plural(t.Distinct, "value"))
	}
	return Count(t.Failures) + " of " + Plural(t.Rows, "row")
}

// WriteProblems writes what was rejected and which expressions failed, if anything.
func WriteProblems(w io.Writer, r *Run) error {
	out := bufio.NewWriter(w)
	writeRejects(out, r)
	writeFailures(out, r)
	return out.Flush()
}
