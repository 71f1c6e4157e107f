package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"martlet/internal/contract"
	"martlet/internal/publish"
	"martlet/internal/report"
)

// diffOptions are the flags of diff as given.
type diffOptions struct {
	options
	examples int
	output   string
}

// shownExamples are as many examples of each kind as diff gives unless it is told
// otherwise.
const shownExamples = 3

// diffWriters are the forms in which diff writes what it found.
var diffWriters = map[string]func(*report.Diff, io.Writer) error{
	"text": (*report.Diff).WriteText,
	"json": (*report.Diff).WriteJSON,
}

func (a *app) diffCommand() *cobra.Command {
	o := &diffOptions{}
	cmd := &cobra.Command{
		Use:   "diff [RUN_A [RUN_B]]",
		Short: "Show what changed between two published runs",
		Long: `Compare what two runs published, model by model: rows that were added, removed and
changed, known by the model's grain, and in how many of them each column differs.
Columns tagged pii are redacted, in keys too. A column that tells nothing but the
as-of time is no change by itself.

A run is named as rollback --list has it, or by the beginning of that. Without
RUN_B the run published last is compared with RUN_A; without either the last two
that are kept are compared. Nothing is computed or changed. docs/diff.schema.json
describes --output json.

Exit status: 0 done, whether they differ or not; 2 it could not be done.`,
		Example: "  build diff\n  build diff 3e50 8e1f --select layer:mart\n  build diff --limit 10 --output json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 2 {
				return fmt.Errorf("diff takes two runs at most, found %q; build rollback --list shows them", args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.diff(cmd.Context(), o, args) },
	}
	o.addSome(cmd, "root", "out", "target-path", "memory")
	o.addSelection(cmd)
	cmd.Flags().IntVar(&o.examples, "limit", shownExamples, "show at most so many examples of the rows that were added, that were removed, and in which each column differs; 0 is none")
	cmd.Flags().StringVar(&o.output, "output", "text", "text or json")
	return cmd
}

func (a *app) diff(ctx context.Context, o *diffOptions, args []string) error {
	wanted, err := o.readChoice()
	problems := []error{o.checkRoot(), err}
	memory, err := readMemory(o.memory)
	problems = append(problems, err)
	if diffWriters[o.output] == nil {
		problems = append(problems, fmt.Errorf("--output is %q; give text or json", o.output))
	}
	if o.examples < 0 {
		problems = append(problems, fmt.Errorf("--limit is %d; give a number of examples, 0 for none", o.examples))
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	g, err := newGraph(a.project)
	if err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	d := &differ{app: a, ctx: ctx, graph: g, memory: memory, examples: o.examples}
	if d.from, d.to, err = chooseRuns(o.outFolder(), args); err != nil {
		return impeded(ctx, err)
	}
	names, err := d.names(&wanted, o.targetFolder())
	if err != nil {
		return err
	}
	found, err := d.all(names)
	if err == nil {
		err = diffWriters[o.output](found, a.stdout)
	}
	return impeded(ctx, err)
}

// chooseRuns finds the runs to compare among those that a folder keeps.
func chooseRuns(out string, args []string) (from, to publish.Kept, err error) {
	runs, err := publish.Runs(out)
	switch {
	case err != nil:
		return from, to, err
	case len(runs) == 0:
		return from, to, fmt.Errorf("%s: nothing is published there; give the folder of the published data with --out", out)
	case len(args) == 0 && len(runs) == 1:
		return from, to, fmt.Errorf("%s: one run is kept, %s, and none that was published before it", out, runs[0].Run)
	case len(args) == 0:
		return runs[1], runs[0], nil
	}
	from, err = chooseRun(out, runs, args[0])
	if to = runs[0]; len(args) > 1 {
		var other error
		to, other = chooseRun(out, runs, args[1])
		err = errors.Join(err, other)
	}
	return from, to, err
}

// chooseRun finds the one run whose name begins so.
func chooseRun(out string, runs []publish.Kept, name string) (publish.Kept, error) {
	var found []publish.Kept
	for _, r := range runs {
		if name != "" && strings.HasPrefix(r.Run, name) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return publish.Kept{}, fmt.Errorf("%s: found no run %q; those that are kept are %s", out, name, describeRuns(runs))
	case 1:
		return found[0], nil
	}
	return publish.Kept{}, fmt.Errorf("%s: %q is the beginning of more than one run: %s; give more of it", out, name, describeRuns(found))
}

func describeRuns(runs []publish.Kept) string {
	var names []string
	for _, r := range runs {
		names = append(names, fmt.Sprintf("%s (published %s)", r.Run, r.At.Format(time.DateTime)))
	}
	return strings.Join(names, ", ")
}

// differ compares what two runs published.
type differ struct {
	*app
	ctx      context.Context
	graph    *graph
	from, to publish.Kept
	memory   budget
	examples int
}

// names are the models to compare: those selected that either run has published, in
// the order of the project, and where nothing is selected also those that the
// project no longer has.
func (d *differ) names(wanted *choice, target string) (names []string, err error) {
	published := map[string]bool{}
	for _, dir := range []string{d.from.Dir, d.to.Dir} {
		if err := publishedModels(dir, published); err != nil {
			return nil, &exitError{status: exitImpeded, err: err}
		}
	}
	selected, notes, err := wanted.of(newCatalogue(d.project, d.graph), target)
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		fmt.Fprintf(d.stderr, "Warning: %s\n", note)
	}
	for _, n := range d.graph.nodes {
		if published[n.Name] && selected[n.index] {
			names = append(names, n.Name)
		}
	}
	if len(wanted.include)+len(wanted.exclude) == 0 {
		var gone []string
		for name := range published {
			if d.graph.byName[name] == nil {
				gone = append(gone, name)
			}
		}
		slices.Sort(gone)
		names = append(names, gone...)
	}
	if len(names) == 0 {
		return nil, errors.New("nothing that is selected was published by either run")
	}
	return names, nil
}

// publishedModels adds the models of which there is a file in the folder of a run.
func publishedModels(dir string, names map[string]bool) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		name, ext, _ := strings.Cut(e.Name(), ".")
		if slices.Contains(outputFormats, ext) && name != "" {
			names[name] = true
		}
	}
	return err
}

// outputFormats are those that a model may be published in, which are the extensions
// of its files.
var outputFormats = []string{"arrow", "csv", "parquet"}

// all compares the models.
func (d *differ) all(names []string) (*report.Diff, error) {
	out := &report.Diff{Project: d.project.Name, From: reportRun(d.from), To: reportRun(d.to)}
	for _, name := range names {
		m, err := d.model(name, out)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out.Models = append(out.Models, *m)
	}
	return out, nil
}

func reportRun(r publish.Kept) report.DiffRun {
	return report.DiffRun{Run: r.Run, Published: r.At}
}

// identify notes what a published file says of its run.
func identify(r *report.DiffRun, f *arrowFile) {
	md := f.Schema().Metadata()
	r.ID, _ = md.GetValue(keyRun)
	r.Schema, _ = md.GetValue(keySchema)
	if text, ok := md.GetValue(keyAsOf); ok {
		if at, err := parseAsOf(text); err == nil {
			r.AsOf = time.UnixMicro(int64(at)).UTC()
		}
	}
}

// formatsIn are the formats in which a run published a model.
func formatsIn(run publish.Kept, model string) (formats []string) {
	for _, format := range outputFormats {
		if _, err := os.Stat(filepath.Join(run.Dir, model+"."+format)); err == nil {
			formats = append(formats, format)
		}
	}
	return formats
}

// otherFiles says why the rows of a model cannot be compared, and whether the files
// that both runs have are the same.
func (d *differ) otherFiles(model string) (note string, err error) {
	was, is := formatsIn(d.from, model), formatsIn(d.to, model)
	var without []string
	for run, formats := range map[string][]string{d.from.Run: was, d.to.Run: is} { // one run may be both
		if !slices.Contains(formats, "arrow") {
			without = append(without, run)
		}
	}
	slices.Sort(without)
	note = "not compared: there is no Arrow file in run " + strings.Join(without, " and ")
	for _, format := range was {
		if !slices.Contains(is, format) {
			continue
		}
		same, err := sameBytes(filepath.Join(d.from.Dir, model+"."+format), filepath.Join(d.to.Dir, model+"."+format))
		if err != nil {
			return "", err
		}
		if note += "; the " + format + " files "; same {
			note += "are the same"
		} else {
			note += "differ"
		}
	}
	return note, nil
}

// openModel opens the Arrow file of a model; nil where a run published it otherwise.
func openModel(run publish.Kept, model string, mem contract.Allocator) (*arrowFile, error) {
	path := filepath.Join(run.Dir, model+".arrow")
	f, err := openArrow(path, mem)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return f, nil
}
