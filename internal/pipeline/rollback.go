package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"martlet/internal/publish"
	"martlet/internal/report"
)

// rollbackOptions are the flags of rollback as given.
type rollbackOptions struct {
	options
	to   string
	list bool
}

func (a *app) rollbackCommand() *cobra.Command {
	o := &rollbackOptions{}
	cmd := &cobra.Command{
		Use:   "rollback",
		Short: "Publish an earlier run again",
		Long: `Make the run that was published before the current one current again, as a whole
and in one step, with what it knew of the data then: the next build goes on from
there. Nothing is computed. Runs that build --keep no longer keeps cannot be gone
back to.

Exit status: 0 done; 2 there is no such run, or the folder is in use.`,
		Example: "  build rollback\n  build rollback --list\n  build rollback --to 3e5041d40aa4707b --wait 5m",
		Args:    a.noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.rollback(cmd.Context(), o) },
	}
	o.addSome(cmd, "root", "out")
	o.addWait(cmd)
	cmd.Flags().StringVar(&o.to, "to", "", "the `RUN` to go back to, as --list has it (default: the one that was published before the current one)")
	cmd.Flags().BoolVar(&o.list, "list", false, "list the runs that are kept, and change nothing")
	cmd.MarkFlagsMutuallyExclusive("to", "list")
	return cmd
}

func (a *app) rollback(ctx context.Context, o *rollbackOptions) error {
	if err := errors.Join(o.checkRoot(), o.checkWait()); err != nil {
		return err
	}
	out := o.outFolder()
	runs, err := publish.Runs(out)
	switch {
	case err != nil:
		return impeded(ctx, err)
	case len(runs) == 0: // a misspelled folder is not made
		return impeded(ctx, fmt.Errorf("%s: nothing is published there; give the folder of the published data with --out", out))
	case o.list:
		return impeded(ctx, a.listRuns(runs))
	}
	p, err := publish.Open(ctx, out, waiting(o.wait, func(format string, args ...any) { fmt.Fprintf(a.stderr, format+"\n", args...) }))
	if err != nil {
		return impeded(ctx, err)
	}
	return impeded(ctx, errors.Join(a.goBack(p, out, o.to, a.logReturn), p.Close()))
}

// goBack says what is current now, wherever the rollback got to. logs, unless nil,
// appends to the logs what going back changes.
func (a *app) goBack(p *publish.Publisher, out, to string, logs func(*publish.Return) error) error {
	before, _, _ := p.Current()
	_, err := p.Rollback(to, logs)
	var tidy *publish.TidyError
	if errors.As(err, &tidy) {
		fmt.Fprintf(a.stderr, "Warning: %v\n", err)
		err = nil
	}
	now, _, published := p.Current()
	switch {
	case !published || err != nil && now == before:
	case now == before:
		fmt.Fprintf(a.stdout, "%s: run %s is the current one already.\n", out, now)
	default:
		fmt.Fprintf(a.stdout, "%s: run %s is the current one again; before it was %s.\n", out, now, before)
	}
	return err
}

// listRuns prints the runs that are kept.
func (a *app) listRuns(runs []publish.Kept) error {
	var rows [][]string
	for _, x := range runs {
		note := ""
		switch {
		case x.Current:
			note = "current"
		case x.Previous:
			note = "rollback goes back to it"
		}
		rows = append(rows, []string{x.Run, x.At.Format(time.DateTime), note})
	}
	return report.WriteTable(a.stdout, []report.Heading{{Title: "Run"}, {Title: "Published (UTC)"}, {Title: ""}}, rows)
}
