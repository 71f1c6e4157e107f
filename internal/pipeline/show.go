package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"martlet/internal/contract"
	"martlet/internal/report"
	"martlet/internal/selection"
	"martlet/internal/sink"
)

// showOptions are the flags of show as given.
type showOptions struct {
	options
	rows   int
	where  []string
	output string
	reveal bool
}

// shownRows are as many rows as show gives unless it is told otherwise.
const shownRows = 20

// writers are the forms in which show writes rows.
var writers = map[string]func(*report.Rows, io.Writer) error{
	"text": (*report.Rows).WriteText,
	"csv":  writeRowsCSV,
	"json": (*report.Rows).WriteJSON,
}

func (a *app) showCommand() *cobra.Command {
	o := &showOptions{}
	cmd := &cobra.Command{
		Use:   "show NODE",
		Short: "Print rows of a source or model",
		Long: `Compute one source or model, and nothing but what it reads, and print its first
rows in their order. Nothing is tested, published or written but seeds that are
out of date. Columns tagged pii are redacted.

Exit status: 0 done; 1 an expression has no value on a row, or too many records
were rejected, as far as the data were read; 2 it could not be done.`,
		Example: `  build show mart_users_marketing
  build show mart_users_marketing --where user_id=1004 --reveal
  build show mart_users_marketing --where is_closed=true --where country_code= --limit 0 --output csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("show takes the name of one source or model, found %q; `build list` shows them", args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), o, args[0]) },
	}
	o.addSome(cmd, "root", "as-of", "threads", "memory")
	o.addLimitsAs(cmd, "workbook-limit")
	f := cmd.Flags()
	f.IntVar(&o.rows, "limit", shownRows, "print at most so many rows; 0 is all")
	f.StringArrayVar(&o.where, "where", nil, "only rows where `COLUMN=VALUE`, written as in a CSV file: nothing is null, \"\" the empty text; several must all hold")
	f.StringVar(&o.output, "output", "text", "text, csv or json")
	f.BoolVar(&o.reveal, "reveal", false, "print personal data in clear")
	return cmd
}

func (a *app) show(ctx context.Context, o *showOptions, name string) error {
	started := time.Now()
	s, err := o.settings("show", started)
	if err != nil {
		return err
	}
	r, err := newRun(a.project, s, a.mem, quietly(newProgress(a.stderr)))
	if err != nil {
		return err
	}
	rows, err := o.rowsOf(r.graph, name)
	if err != nil {
		return err
	}
	needed := make([]bool, len(r.graph.nodes))
	needed[rows.node.index] = true
	markInputs(needed, rows.node)
	r.readOnly(func(n *node) bool { return needed[n.index] })
	problem := r.read(ctx, rows.take)
	if errors.Is(problem, errEnough) {
		problem = nil
	}
	result := r.results(started, problem)
	failed := report.WriteProblems(a.stderr, result)
	if problem == nil {
		failed = errors.Join(failed, writers[o.output](rows.shown(), a.stdout))
		if rows.full() {
			fmt.Fprintf(a.stderr, "There may be more than %s; --limit 0 prints all.\n", report.Plural(int64(o.rows), "row"))
		}
	}
	return outcome(ctx, result, problem, failed)
}

// rowsOf checks what is to be shown; all that is wrong with it is reported at once.
func (o *showOptions) rowsOf(g *graph, name string) (*rowReader, error) {
	var problems []error
	if writers[o.output] == nil {
		problems = append(problems, fmt.Errorf("--output is %q; give text, csv or json", o.output))
	}
	if o.rows < 0 {
		problems = append(problems, fmt.Errorf("--limit is %d; give a number of rows, 0 for all", o.rows))
	}
	n := g.byName[name]
	if n == nil {
		return nil, errors.Join(append(problems, noSuchNode(g, name))...)
	}
	fields, err := sink.NewFields(n.Schema)
	problems = append(problems, err)
	rows := &rowReader{node: n, fields: fields, limit: o.rows, reveal: o.reveal}
	for _, text := range o.where {
		c, err := parseCondition(n, text)
		problems = append(problems, err)
		rows.where = append(rows.where, c)
	}
	return rows, errors.Join(problems...)
}

func noSuchNode(g *graph, name string) error {
	names := make([]string, len(g.nodes))
	for i, n := range g.nodes {
		names[i] = n.Name
	}
	if near := selection.Nearest(name, names); near != "" {
		return fmt.Errorf("there is no source or model %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no source or model %q; `build list` shows them", name)
}

// errEnough ends a reading of which all rows that are wanted were found.
var errEnough = errors.New("all rows that are wanted were found")

// rowReader picks rows of one node as they stream past.
type rowReader struct {
	node   *node
	fields *sink.Fields
	where  []condition
	limit  int // 0 for none
	reveal bool
	picked [][]report.Field
}

// full says whether there may be more rows than were picked.
func (r *rowReader) full() bool { return r.limit > 0 && len(r.picked) >= r.limit }

// take takes over a batch.
func (r *rowReader) take(b contract.Batch) error {
	defer b.Release()
	r.fields.Bind(b.Record)
	defer r.fields.Unbind()
	for i := range b.Len() {
		if !r.wanted(i) {
			continue
		}
		row := make([]report.Field, len(r.node.Columns))
		for j := range row {
			row[j].Text, row[j].OK = r.fields.At(i, j)
			row[j].Text = strings.Clone(row[j].Text) // the batch is given back
			if row[j].OK && r.node.Columns[j].PII && !r.reveal {
				row[j].Text = contract.Redacted
			}
		}
		if r.picked = append(r.picked, row); r.full() {
			return errEnough
		}
	}
	return nil
}

// wanted says whether all conditions hold for a row of the batch.
func (r *rowReader) wanted(row int) bool {
	for _, c := range r.where {
		if text, ok := r.fields.At(row, c.column); ok != c.ok || ok && !c.is(text) {
			return false
		}
	}
	return true
}

// shown are the rows that were picked.
func (r *rowReader) shown() *report.Rows {
	out := &report.Rows{Node: r.node.Name, Fields: r.picked}
	for _, c := range r.node.Columns {
		name, _, _ := strings.Cut(c.Type, "(")
		bare := name == "int64" || name == "float64" || name == "decimal" || name == "bool"
		out.Columns = append(out.Columns, report.RowsColumn{Name: c.Name, Bare: bare})
	}
	return out
}

// writeRowsCSV writes rows as an output's CSV file has them.
func writeRowsCSV(rows *report.Rows, w io.Writer) error {
	var text []byte
	for j, c := range rows.Columns {
		if j > 0 {
			text = append(text, ',')
		}
		text = sink.AppendField(text, c.Name, true)
	}
	text = append(text, '\n')
	for _, row := range rows.Fields {
		for j, f := range row {
			if j > 0 {
				text = append(text, ',')
			}
			text = sink.AppendField(text, f.Text, f.OK)
		}
		text = append(text, '\n')
	}
	_, err := w.Write(text)
	return err
}
