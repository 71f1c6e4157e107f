package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"martlet/internal/contract"
)

// RuntimeError is the status of a source whose age is not known: no record has a
// value, or not all of them could be read. The others are Pass, Warn and Errored.
const RuntimeError Status = "runtime error"

// Freshness is how old the data of one source are.
type Freshness struct {
	Source    string
	Rule      *contract.FreshnessRule
	Status    Status
	Latest    time.Time // when the source was last loaded, in UTC; zero for RuntimeError
	Age       Age       // at the run's as-of time; below 0 where Latest is later
	Problem   string    // why the age is not known; empty unless RuntimeError
	Started   time.Time // zero where the source was not reached
	Completed time.Time
	Seconds   float64
}

// Age is a span of time in microseconds. It reaches from the year 1 to 9999,
// which time.Duration does not.
type Age int64

const (
	second Age = 1_000_000
	minute     = 60 * second
	hour       = 60 * minute
	day        = 24 * hour
)

// Seconds is the age as dbt counts it.
func (a Age) Seconds() float64 { return float64(a) / float64(second) }

// String is the age in its two largest units that are not 0, cut and not rounded:
// "1 day 23 hours", "2 days 1 second".
func (a Age) String() string { return a.units(2) }

// units is the age in at most so many units.
func (a Age) units(most int) string {
	if a < 0 {
		a = -a
	}
	var parts []string
	for _, unit := range []struct {
		is   Age
		name string
	}{{day, "day"}, {hour, "hour"}, {minute, "minute"}, {second, "second"}} {
		if n := a / unit.is; n > 0 && len(parts) < most {
			parts = append(parts, Plural(int64(n), unit.name))
		}
		a %= unit.is
	}
	if len(parts) == 0 {
		return Plural(0, "second")
	}
	return strings.Join(parts, " ")
}

// limit writes one of a rule's durations, in full.
func limit(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return Age(d.Microseconds()).units(4)
}

// moment writes a time for people.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// fresh says whether the source is as its rule wants it.
func (f *Freshness) fresh() bool { return f.Status == Pass }

// finding says in words what was found.
func (f *Freshness) finding() string {
	if f.Status == RuntimeError {
		return "its age is not known: " + f.Problem
	}
	text := fmt.Sprintf("the latest %s is %s, %s ", f.Rule.LoadedAt, moment(f.Latest), f.Age)
	switch {
	case f.Age < 0:
		return text + "after the run's as-of time"
	case f.Status == Errored:
		return text + "before the run's as-of time; error_after is " + limit(f.Rule.ErrorAfter)
	case f.Status == Warn:
		return text + "before the run's as-of time; warn_after is " + limit(f.Rule.WarnAfter)
	}
	return text + "before the run's as-of time"
}

// remark is what is said of one source, "" where it is fresh.
func (f *Freshness) remark() string {
	switch {
	case !f.fresh():
		return fmt.Sprintf("STALE %s: %s\n", f.Source, f.finding())
	case f.Age < 0: // a wrong clock, or a wrong as-of
		return fmt.Sprintf("NOTE  %s: %s\n", f.Source, f.finding())
	}
	return ""
}

// freshSources is "2 of 3 sources are fresh".
func freshSources(all []Freshness) string {
	fresh := 0
	for i := range all {
		if all[i].fresh() {
			fresh++
		}
	}
	verb := "are"
	if fresh == 1 || len(all) == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%d of %s %s fresh", fresh, Plural(int64(len(all)), "source"), verb)
}

// writeFreshness adds to a summary what is not fresh.
func writeFreshness(w io.Writer, r *Run) {
	if len(r.Freshness) == 0 {
		return
	}
	var remarks strings.Builder
	stale := ""
	for i := range r.Freshness {
		remarks.WriteString(r.Freshness[i].remark())
		if !r.Freshness[i].fresh() {
			stale = "; old data never fail a " + r.Command
		}
	}
	fmt.Fprintf(w, "\nData as of %s: %s%s.\n%s", moment(r.AsOf), freshSources(r.Freshness), stale, remarks.String())
}

// WriteFreshness writes a table of how old each source is, and what is to be
// said of those that are not fresh.
func WriteFreshness(w io.Writer, r *Run) error {
	out := bufio.NewWriter(w)
	headings := []Heading{{Title: "Source"}, {Title: "Latest"}, {Title: "Age"}, {Title: "Warn after"}, {Title: "Error after"}, {Title: "Status"}}
	var rows [][]string
	var remarks strings.Builder
	for i := range r.Freshness {
		f := &r.Freshness[i]
		latest, age := "-", "-"
		if f.Status != RuntimeError {
			latest, age = moment(f.Latest), f.Age.String()
		}
		if f.Age < 0 {
			age += " ahead"
		}
		rows = append(rows, []string{f.Source, latest, age, limit(f.Rule.WarnAfter), limit(f.Rule.ErrorAfter), string(f.Status)})
		remarks.WriteString(f.remark())
	}
	if len(rows) > 0 {
		if err := WriteTable(out, headings, rows); err != nil {
			return err
		}
	}
	if remarks.Len() > 0 {
		fmt.Fprintf(out, "\n%s", remarks.String())
	}
	if len(rows) == 0 {
		fmt.Fprintln(out, "None of the selected sources says how old it may be.")
	} else {
		fmt.Fprintf(out, "\nAs of %s: %s.\n", moment(r.AsOf), freshSources(r.Freshness))
	}
	return out.Flush()
}
