package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// column is one of a group's table.
type column struct {
	title string
	cell  func(r result, all []result) string
}

var (
	rate = column{"rows/s", func(r result, _ []result) string { return thousands(float64(r.rows) / r.wall.Seconds()) }}
	wall = column{"wall s", func(r result, _ []result) string { return fmt.Sprintf("%.2f", r.wall.Seconds()) }}
	cpu  = column{"CPU s", func(r result, _ []result) string { return fmt.Sprintf("%.2f", r.cpu.Seconds()) }}
	peak = column{"peak MiB", func(r result, _ []result) string { return mebibytes(r.peak) }}
	anon = column{"anonymous MiB", func(r result, _ []result) string { return mebibytes(r.anonymous) }}

	wallEach = column{"wall ns a user", func(r result, _ []result) string { return each(r, float64(r.wall)) }}
	cpuEach  = column{"CPU ns a user", func(r result, _ []result) string { return each(r, float64(r.cpu)) }}
	anonEach = column{"bytes a user", func(r result, _ []result) string { return each(r, float64(r.anonymous)) }}

	within = column{"of that", func(r result, _ []result) string {
		var parts []string
		for _, s := range r.stages {
			if s.Wall > 5*time.Millisecond {
				parts = append(parts, fmt.Sprintf("%s %.2f", s.Name, s.Wall.Seconds()))
			}
		}
		return strings.Join(parts, ", ")
	}}
	digest = column{"SHA-256", func(r result, _ []result) string { return r.digest[:min(16, len(r.digest))] }}
)

// each is a cost shared among the rows.
func each(r result, cost float64) string { return fmt.Sprintf("%.0f", cost/float64(r.rows)) }

func mebibytes(n int64) string { return fmt.Sprint(n >> 20) }

// times is how many times as fast as another contender.
func times(other string) column {
	return ratio("times "+other, func(r, o result) float64 { return o.wall.Seconds() / r.wall.Seconds() }, other)
}

// cpuOf, wallOf and anonOf are what part of another's cost.
func cpuOf(other string) column {
	return ratio("CPU of "+other, func(r, o result) float64 { return r.cpu.Seconds() / o.cpu.Seconds() }, other)
}

func wallOf(other string) column {
	return ratio("wall of "+other, wallShare, other)
}

func anonOf(other string) column {
	return ratio("anonymous of "+other, anonymousShare, other)
}

func wallShare(r, o result) float64      { return r.wall.Seconds() / o.wall.Seconds() }
func anonymousShare(r, o result) float64 { return float64(r.anonymous) / float64(o.anonymous) }
func wallEachShare(r, o result) float64 {
	return wallShare(r, o) * float64(o.rows) / float64(r.rows)
}
func cpuEachShare(r, o result) float64 {
	return r.cpu.Seconds() / o.cpu.Seconds() * float64(o.rows) / float64(r.rows)
}

// ratio compares each contender with another.
func ratio(title string, of func(r, other result) float64, other string) column {
	return column{title, func(r result, all []result) string {
		o, ok := find(all, other)
		if !ok {
			return ""
		}
		return fmt.Sprintf("%.2f", of(r, o))
	}}
}

func find(all []result, name string) (result, bool) {
	i := slices.IndexFunc(all, func(r result) bool { return r.name == name })
	if i < 0 {
		return result{}, false
	}
	return all[i], true
}

// share is the figure of a claim that compares two contenders.
func share(name string, of func(r, other result) float64, other string) func([]result) (float64, bool) {
	return func(all []result) (float64, bool) {
		r, found := find(all, name)
		o, both := find(all, other)
		if !found || !both {
			return 0, false
		}
		return of(r, o), true
	}
}

// table writes a group's results as Markdown, and what it claims of them.
func (g group) table(results []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", strings.ToUpper(g.name[:1])+g.name[1:])
	if g.note != "" {
		b.WriteString(g.note + "\n\n")
	}
	b.WriteString("| |")
	for _, c := range g.columns {
		fmt.Fprintf(&b, " %s |", c.title)
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(g.columns)) + "\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s |", r.name)
		for _, c := range g.columns {
			fmt.Fprintf(&b, " %s |", c.cell(r, results))
		}
		b.WriteString("\n")
	}
	var claims strings.Builder
	for _, c := range g.claims {
		claims.WriteString(c.line(results))
	}
	if claims.Len() > 0 {
		b.WriteString("\n" + claims.String())
	}
	return b.String()
}

// line says whether a claim holds.
func (c claim) line(results []result) string {
	v, ok := c.figure(results)
	if !ok {
		return ""
	}
	most, holds := "most", v <= c.bound
	if c.least {
		most, holds = "least", v >= c.bound
	}
	verdict := "holds"
	if !holds {
		verdict = "**does not hold**"
	}
	return fmt.Sprintf("- %s: %.2f, at %s %.2f wanted: %s\n", c.what, v, most, c.bound, verdict)
}

// thousands writes a rate in thousands: 1,234k.
func thousands(n float64) string { return grouped(int(n/1000)) + "k" }

// grouped writes a number with commas: 1,234,567.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
