package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"martlet/internal/ingest"
	"martlet/internal/report"
)

// seedFile is one file that a source is read from.
type seedFile struct {
	node *node
	ingest.SeedResult
}

// convertSeeds brings the seeds of sources up to date with their workbooks, and
// gives the files to read: the sources in their order, the files of each in
// the order in which they are read. All problems are reported at once.
func convertSeeds(ctx context.Context, root string, sources []*node, force bool, limits ingest.Limits, trusted ingest.Trusted) ([]seedFile, error) {
	specs := make([]ingest.SeedSpec, len(sources))
	byName := map[string]*node{}
	for i, n := range sources {
		s := n.source
		specs[i] = ingest.SeedSpec{Source: n.Name, Workbook: s.Workbook, Sheet: s.Sheet, Seed: s.Seed, Columns: n.Columns, ExtraColumns: s.ExtraColumns}
		byName[n.Name] = n
	}
	results, err := ingest.Seeds(ctx, root, specs, force, limits, trusted)
	if err != nil {
		return nil, err
	}
	files := make([]seedFile, len(results))
	for i, result := range results {
		files[i] = seedFile{node: byName[result.Source], SeedResult: result}
	}
	return files, nil
}

// faultsDigest tells files apart that have the same bytes and not the same faults;
// it is empty for one without any.
func (f *seedFile) faultsDigest() string {
	if len(f.Faults) == 0 {
		return ""
	}
	h := sha256.New()
	for _, x := range f.Faults {
		fmt.Fprintf(h, "%d %d %s\n", x.Record, x.Column, x.Reason)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// remarks are what a person should know of the file, a sentence each.
func (f *seedFile) remarks() []string {
	var list []string
	if f.Note != "" {
		list = append(list, f.Note)
	}
	list = append(list, f.Notes...)
	if n := len(f.Faults); n > 0 {
		list = append(list, fmt.Sprintf("%s without a value in the workbook, the first in %s: the records are rejected",
			report.Plural(int64(n), "cell"), f.Cell(f.Faults[0].Column, f.Faults[0].Record)))
	}
	return list
}

// compared says how a file that was made anew was checked.
func (f *seedFile) compared() string {
	return report.Plural(f.Values, "value") + " read back and compared"
}

func (a *app) seedCommand() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "seed",
		Short: "Convert workbooks to CSV seeds, only what changed",
		Long: `Convert workbooks to CSV seeds, only what changed. Every seed that is written is
read back and compared with the workbook, value by value, before it is put in
its place.`,
		Example: "  build seed\n  build seed --force",
		Args:    a.noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.seed(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.root, "root", ".", "folder that holds raw_data/ and seeds/")
	cmd.Flags().BoolVar(&o.force, "force", false, "settle seeds that differ from seeds.lock: remake those that have a workbook, keep the others")
	o.addLimits(cmd)
	return cmd
}

func (a *app) seed(ctx context.Context, o *options) error {
	limits, err := o.readLimits()
	if err := errors.Join(o.checkRoot(), err); err != nil {
		return err
	}
	g, err := newGraph(a.project)
	if err != nil {
		return err
	}
	sources := g.nodes[:len(a.project.Sources)]
	seeds, err := convertSeeds(ctx, o.root, sources, o.force, limits, nil)
	if err != nil {
		return impeded(ctx, err)
	}
	rows := make([][]string, len(seeds))
	var made, values int64
	for i := range seeds {
		s := &seeds[i]
		state, count := "unchanged", "-"
		if s.Written {
			state = "written"
		}
		if s.Values > 0 {
			made, values = made+1, values+s.Values
			state += ", " + s.compared()
		}
		if s.Rows >= 0 {
			count = report.Count(s.Rows)
		}
		rows[i] = []string{s.Source, s.Path, count, state, strings.Join(s.remarks(), "; ")}
	}
	err = report.WriteTable(a.stdout, []report.Heading{{Title: "Source"}, {Title: "Seed"}, {Title: "Rows", Number: true}, {Title: "State"}, {Title: "Note"}}, rows)
	if err == nil && made > 0 {
		_, err = fmt.Fprintf(a.stdout, "\n%s in %s read back and compared with the workbooks: all the same.\n", report.Plural(values, "value"), report.Plural(made, "seed"))
	}
	return impeded(ctx, err)
}

// impeded is the exit status of a command that could not do what it is for; nil
// for no error.
func impeded(ctx context.Context, err error) error {
	var stop *interrupted
	switch {
	case err == nil:
		return nil
	case errors.As(context.Cause(ctx), &stop) && stop.signal == os.Interrupt:
		return &exitError{status: exitInterrupted, err: err}
	}
	return &exitError{status: exitImpeded, err: err}
}
