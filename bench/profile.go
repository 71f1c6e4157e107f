package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

// profile writes where the time of one run goes, and leaves the profile itself
// beside the inputs.
func (b bench) profile(out string) error {
	g := groups(b.divide)[0]
	c := g.contenders[0]
	path, err := b.input(c.input)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(b.folder, "run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := warm(c.input.rows); err != nil {
		return err
	}
	raw := filepath.Join(b.folder, "cpu.pprof")
	before := load()
	r, _, err := start(job{Group: g.name, Contender: c.name, Divide: b.divide, Input: path, Scratch: scratch, Profile: raw})
	if err != nil {
		return err
	}
	file, err := os.Open(raw)
	if err != nil {
		return err
	}
	defer file.Close()
	p, err := profile.Parse(file)
	if err != nil {
		return err
	}
	text := profilePage(costsOf(p), g.name, r) + stamp(before, 1)
	fmt.Println(text)
	return os.WriteFile(out, []byte(text), 0o640)
}

// costs are shares of a run's CPU time.
type costs struct {
	total               time.Duration
	stages              map[string]time.Duration
	packages, functions map[string]cost
}

// cost is of a package or function alone, and with all that it calls.
type cost struct{ flat, cumulative time.Duration }

// costsOf adds up the samples of a profile.
func costsOf(p *profile.Profile) costs {
	c := costs{stages: map[string]time.Duration{}, packages: map[string]cost{}, functions: map[string]cost{}}
	at := len(p.SampleType) - 1 // CPU time; the first is the number of samples
	for _, s := range p.Sample {
		spent := time.Duration(s.Value[at])
		names := frames(s)
		c.total += spent
		c.stages[stageOf(names)] += spent
		add(c.functions, names, spent)
		for i, name := range names {
			names[i] = packageOf(name)
		}
		add(c.packages, names, spent)
	}
	return c
}

// add counts a sample for its innermost name, and once for every name.
func add(all map[string]cost, names []string, spent time.Duration) {
	for i, name := range names {
		c := all[name]
		if i == 0 {
			c.flat += spent
		}
		if !slices.Contains(names[:i], name) {
			c.cumulative += spent
		}
		all[name] = c
	}
}

// frames are the functions of a sample, from the innermost out.
func frames(s *profile.Sample) (names []string) {
	for _, l := range s.Location {
		for _, line := range l.Line {
			names = append(names, line.Function.Name)
		}
	}
	return names
}

// packageOf is the path of a function's package.
func packageOf(function string) string {
	function, _, _ = strings.Cut(function, "[") // type arguments have paths, too
	slash := strings.LastIndex(function, "/") + 1
	name, _, _ := strings.Cut(function[slash:], ".")
	return function[:slash] + name
}

// profilePage writes costs as Markdown.
func profilePage(c costs, what string, r result) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Where the time goes

Written by `+"`make profile`"+`; not to be edited. One run under the profiler of CPU time: %s, to CSV and
Arrow, all tests on, with %d cores (%s, %s). It took %.1f s of wall and %.1f s of CPU, of which the profiler
saw %.1f s, and at most %s MiB of anonymous memory.

## By stage

What a stage calls counts for it: tables of keys for the tests and joins that need them, and so on.

| | CPU s | share |
|---|---:|---:|
`, what, runtime.NumCPU(), cpuName(), runtime.Version(), r.wall.Seconds(), r.cpu.Seconds(), c.total.Seconds(), mebibytes(r.anonymous))
	for _, name := range byCost(c.stages, func(d time.Duration) time.Duration { return d }) {
		fmt.Fprintf(&b, "| %s | %.2f | %s |\n", name, c.stages[name].Seconds(), c.share(c.stages[name]))
	}
	b.WriteString("\n## By package\n\nAlone, and with all that it calls.\n")
	c.list(&b, c.packages, 12, "")
	b.WriteString("\n## By function\n")
	c.list(&b, c.functions, 25, "`")
	return b.String()
}

// list writes those that cost most by themselves.
func (c costs) list(b *strings.Builder, all map[string]cost, most int, quote string) {
	b.WriteString("\n| | alone | with what it calls |\n|---|---:|---:|\n")
	for i, name := range byCost(all, func(c cost) time.Duration { return c.flat }) {
		if i == most {
			break
		}
		fmt.Fprintf(b, "| %s%s%s | %s | %s |\n", quote, name, quote, c.share(all[name].flat), c.share(all[name].cumulative))
	}
}

func (c costs) share(d time.Duration) string {
	return fmt.Sprintf("%.1f %%", 100*d.Seconds()/c.total.Seconds())
}

// byCost is the names of all, the dearest first.
func byCost[T any](all map[string]T, of func(T) time.Duration) []string {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if x, y := of(all[a]), of(all[b]); x != y {
			return int(y - x)
		}
		return strings.Compare(a, b)
	})
	return names
}
