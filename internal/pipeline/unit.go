package pipeline

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"martlet/internal/contract"
	"martlet/internal/report"
	"martlet/internal/unittest"
)

// unit runs the unit tests that are selected and prints a line for each. They
// read no data and write nothing.
func (a *app) unit(o *options) error {
	started := time.Now()
	tests, err := a.selectUnitTests(o)
	if err != nil {
		return err
	}
	counts := map[report.Status]int{}
	var problems []error
	for _, u := range tests {
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

// selectUnitTests gives the unit tests that the options select, by name, test_type
// or test_name, or by way of their models; all where they select nothing.
func (a *app) selectUnitTests(o *options) ([]*contract.UnitTest, error) {
	g, err := newGraph(a.project)
	if err != nil {
		return nil, &exitError{status: exitImpeded, err: err}
	}
	c, err := o.readChoice()
	if err != nil {
		return nil, err
	}
	all := newCatalogue(a.project, g)
	first := all.addUnitTests(a.project, g)
	selected, notes, err := c.of(all, o.targetFolder())
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		fmt.Fprintf(a.stderr, "Warning: %s\n", note)
	}
	var tests []*contract.UnitTest
	for i := range a.project.UnitTests {
		if selected[first+i] {
			tests = append(tests, &a.project.UnitTests[i])
		}
	}
	if len(tests) == 0 && len(a.project.UnitTests) > 0 {
		return nil, errors.New("no unit test is selected; `build test --unit` runs them all")
	}
	return tests, nil
}
