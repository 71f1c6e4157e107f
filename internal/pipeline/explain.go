package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"martlet/internal/explain"
	"martlet/internal/selection"
)

// explainOptions are the flags of explain as given.
type explainOptions struct {
	options
	keys   []string
	column string
	output string
	reveal bool
}

// explanations are the forms in which explain writes.
var explanations = map[string]func(*explain.Explanation, io.Writer) error{
	"text": (*explain.Explanation).WriteText,
	"json": (*explain.Explanation).WriteJSON,
}

func (a *app) explainCommand() *cobra.Command {
	o := &explainOptions{}
	cmd := &cobra.Command{
		Use:   "explain NODE --key KEY",
		Short: "Say why a row is what it is, or why it is not there",
		Long: `Say how each value of one row of a source or model came about: by which
expression, from which cells of which records; which rows were joined to it, and
which lost to it in a dedupe, and why. Of a row that is not there it says which
filter dropped it, that its record was rejected, that it lost a dedupe, or that no
record has its key.

The sources are read as they are now, for the records that the row rests on alone.
Nothing is tested, published or written but seeds that are out of date. Columns
tagged pii are redacted.

Exit status: 0 explained, also that there is no such row; 2 it could not be done.`,
		Example: `  build explain mart_users_marketing --key 1033
  build explain mart_users_marketing --key 1033 --column user_opt_in_marketing
  build explain order_lines_priced --key order_id=7,line_no=2 --output json
  build explain user_account --key email=grace.hopper@example.com`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("explain takes the name of one source or model, found %q; `build list` shows them", args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), o, args[0]) },
	}
	o.addSome(cmd, "root", "target-path", "as-of", "threads", "memory")
	o.addLimits(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.keys, "key", nil, "the row: the `VALUE` of the column that identifies one, or COLUMN=VALUE, again or with a comma between where there are several; of any column; written as in a CSV file, in quotes where need be, nothing is null, \"\" the empty text")
	f.StringVar(&o.column, "column", "", "only this `COLUMN`, and all the way that its value took")
	f.StringVar(&o.output, "output", "text", "text or json")
	f.BoolVar(&o.reveal, "reveal", false, "print personal data in clear")
	return cmd
}

func (a *app) explain(ctx context.Context, o *explainOptions, name string) error {
	s, err := o.settings("explain", time.Now())
	if err != nil {
		return err
	}
	r, err := newRun(a.project, s, a.mem, quietly(newProgress(a.stderr)))
	if err != nil {
		return err
	}
	n, keys, err := o.of(r.graph, name)
	if err != nil {
		return err
	}
	needed := make([]bool, len(r.graph.nodes))
	needed[n.index] = true
	markInputs(needed, n)
	r.readOnly(func(n *node) bool { return needed[n.index] })
	e, err := r.explain(ctx, n, keys, o.column, o.reveal)
	r.progress.stop()
	if err != nil {
		return impeded(ctx, err)
	}
	return impeded(ctx, explanations[o.output](e, a.stdout))
}

// of checks what is to be explained; all that is wrong with it is reported at once.
func (o *explainOptions) of(g *graph, name string) (*node, *keySet, error) {
	var problems []error
	if explanations[o.output] == nil {
		problems = append(problems, fmt.Errorf("--output is %q; give text or json", o.output))
	}
	n := g.byName[name]
	if n == nil {
		return nil, nil, errors.Join(append(problems, noSuchNode(g, name))...)
	}
	keys, err := parseKeys(n, o.keys)
	problems = append(problems, err)
	if o.column != "" && n.at(o.column) < 0 {
		problems = append(problems, fmt.Errorf("--column: %w", noSuchColumn(n, o.column)))
	}
	return n, keys, errors.Join(problems...)
}

func noSuchColumn(n *node, name string) error {
	names := n.columnNames()
	if near := selection.Nearest(name, names); near != "" {
		return fmt.Errorf("%s has no column %q; did you mean %q?", n.Name, name, near)
	}
	return fmt.Errorf("%s has no column %q; it has %s", n.Name, name, strings.Join(names, ", "))
}
