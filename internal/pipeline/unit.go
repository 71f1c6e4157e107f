package pipeline

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"martlet/internal/contract"
	"martlet/internal/report"
	"martlet/internal/selection"
	"martlet/internal/unittest"
)

// unit runs the unit tests that words select, all where there are none, and
// prints a line for each. They read no data and write nothing.
func (a *app) unit(words []string) error {
	started := time.Now()
	selected, err := selectUnitTests(a.project, words)
	if err != nil {
		return err
	}
	counts := map[report.Status]int{}
	var problems []error
	for i := range a.project.UnitTests {
		u := &a.project.UnitTests[i]
		if !selected(u) {
			continue
		}
		difference, err := unittest.Run(a.project, u, a.mem)
		status := report.Pass
		switch {
		case err != nil:
			status = report.Errored
			problems = append(problems, fmt.Errorf("unit test %s: %w", u.Name, err))
		case difference != "":
			status = report.Fail
		}
		counts[status]++
		a.tell(u, status, difference)
	}
	a.verdict(counts, time.Since(started))
	switch {
	case len(problems) > 0:
		return &exitError{status: exitImpeded, err: errors.Join(problems...)}
	case counts[report.Fail] > 0:
		return &exitError{status: exitBadData}
	}
	return nil
}

// tell prints one line for a unit test, and what differs below it.
func (a *app) tell(u *contract.UnitTest, status report.Status, difference string) {
	fmt.Fprintf(a.stdout, "%-5s %s: %s", strings.ToUpper(string(status)), u.Model, u.Name)
	if difference != "" {
		if u.Description != "" {
			difference = u.Description + "\n" + difference
		}
		fmt.Fprintf(a.stdout, "\n      %s", strings.ReplaceAll(difference, "\n", "\n      "))
	}
	fmt.Fprintln(a.stdout)
}

// verdict prints the last line.
func (a *app) verdict(counts map[report.Status]int, took time.Duration) {
	total := counts[report.Pass] + counts[report.Fail] + counts[report.Errored]
	text := fmt.Sprintf("%s: %d passed, %d failed", report.Plural(int64(total), "unit test"), counts[report.Pass], counts[report.Fail])
	if n := counts[report.Errored]; n > 0 {
		text += fmt.Sprintf(", %d could not be run", n)
	}
	word := "Done"
	if counts[report.Pass] < total {
		word = "Failed"
	}
	fmt.Fprintf(a.stdout, "\n%s. %s in %.2fs\n", word, text, took.Seconds())
}

// selectUnitTests reads the words of --select: names of models or of unit tests.
// No word selects everything.
func selectUnitTests(p *contract.Project, words []string) (func(*contract.UnitTest) bool, error) {
	models, tests := map[string]bool{}, map[string]bool{}
	var known []string
	for i := range p.Models {
		models[p.Models[i].Name] = true
		known = append(known, p.Models[i].Name)
	}
	for i := range p.UnitTests {
		tests[p.UnitTests[i].Name] = true
		known = append(known, p.UnitTests[i].Name)
	}
	named := map[string]bool{}
	var problems []error
	for _, word := range words {
		named[word] = true
		if models[word] || tests[word] {
			continue
		}
		problem := fmt.Errorf("--select %q is no model and no unit test; give names of those", word)
		if near := selection.Nearest(word, known); near != "" {
			problem = fmt.Errorf("--select %q is no model and no unit test; did you mean %q?", word, near)
		}
		problems = append(problems, problem)
	}
	selected := func(u *contract.UnitTest) bool { return len(words) == 0 || named[u.Model] || named[u.Name] }
	return selected, errors.Join(problems...)
}
