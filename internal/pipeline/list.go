package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"martlet/internal/manifest"
	"martlet/internal/report"
	"martlet/internal/selection"
)

func (a *app) listCommand() *cobra.Command {
	o := &options{}
	var output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the nodes and tests that are selected, in the order they are declared",
		Long: `List the nodes and tests that are selected, in the order they are declared. No
data is read. With --output json each line is an entry of the manifest, as
docs/manifest.schema.json describes it.`,
		Example: "  build list\n  build list --select +mart_users_marketing --exclude resource_type:test\n  build list --select tag:nightly --output json",
		Args:    a.noArguments,
		RunE:    func(*cobra.Command, []string) error { return a.list(o, output) },
	}
	o.addSelection(cmd)
	o.addFolders(cmd)
	cmd.Flags().StringVar(&output, "output", "text", "text or json")
	return cmd
}

func (a *app) list(o *options, output string) error {
	wanted, err := o.readChoice()
	if output != "text" && output != "json" {
		err = errors.Join(err, fmt.Errorf("--output is %q; give text or json", output))
	}
	if err := errors.Join(o.checkRoot(), err); err != nil {
		return err
	}
	g, err := newGraph(a.project)
	if err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	all := newCatalogue(a.project, g)
	selected, notes, err := wanted.of(all, o.targetFolder())
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintf(a.stderr, "Warning: %s\n", note)
	}
	if output == "json" {
		err = a.listJSON(all, selected)
	} else {
		err = a.listText(g, all, selected)
	}
	if err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	return nil
}

// listJSON writes each entry of the manifest on a line of its own.
func (a *app) listJSON(all *catalogue, selected selection.Set) error {
	m := manifest.New(a.project)
	out := json.NewEncoder(a.stdout)
	out.SetEscapeHTML(false)
	for i, id := range all.ids {
		if selected[i] {
			if err := out.Encode(m.Entry(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// listText writes a table of the nodes and one of the tests.
func (a *app) listText(g *graph, all *catalogue, selected selection.Set) error {
	var nodes, tests [][]string
	for _, n := range g.nodes {
		count := 0
		for i := range n.Tests {
			if t := &n.Tests[i]; selected[all.test(n, i)] {
				count++
				tests = append(tests, []string{t.Name, t.Kind, string(t.Severity), n.Name, t.Column, strings.Join(t.Tags, ", ")})
			}
		}
		if selected[n.index] {
			nodes = append(nodes, []string{n.Name, n.label(), strconv.Itoa(len(n.Columns)), strconv.Itoa(count), strings.Join(n.Tags, ", "), n.reads()})
		}
	}
	if len(nodes) > 0 {
		headings := []report.Heading{{Title: "Node"}, {Title: "Kind"}, {Title: "Columns", Number: true}, {Title: "Tests", Number: true}, {Title: "Tags"}, {Title: "Reads"}}
		if err := report.WriteTable(a.stdout, headings, nodes); err != nil {
			return err
		}
	}
	if len(tests) == 0 {
		return nil
	}
	if len(nodes) > 0 {
		fmt.Fprintln(a.stdout)
	}
	return report.WriteTable(a.stdout, []report.Heading{{Title: "Test"}, {Title: "Kind"}, {Title: "Severity"}, {Title: "Node"}, {Title: "Column"}, {Title: "Tags"}}, tests)
}

// label is the layer of a model, or what the node is.
func (n *node) label() string {
	if n.model != nil && n.model.Layer != "" {
		return n.model.Layer
	}
	return string(n.kind())
}

// reads says what the node is made from, for people.
func (n *node) reads() string {
	if n.source == nil {
		return strings.Join(n.model.Inputs(), ", ")
	}
	if n.source.Workbook == "" {
		return n.source.Seed
	}
	return fmt.Sprintf("%s (%s!%s)", n.source.Seed, n.source.Workbook, n.source.Sheet)
}
