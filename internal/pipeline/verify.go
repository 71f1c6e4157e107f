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

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"martlet/internal/changes"
	"martlet/internal/publish"
	"martlet/internal/report"
	"martlet/internal/state"
)

// shownDifferences is how many rows of a model are shown that differ.
const shownDifferences = 10

func (a *app) verifyCommand() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Compare what is published with a full refresh",
		Long: `Compute everything anew, aside and as of the time of what is published, and
compare the two row by row. Nothing is published or changed.

Exit status: 0 they are the same; 1 they differ, or the data failed; 2 it could
not be done, as where a source has changed since.`,
		Example: "  build verify\n  build verify --root sample --out /srv/mart",
		Args:    a.noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.verify(cmd.Context(), o) },
	}
	o.addSome(cmd, "root", "out", "target-path", "threads", "memory", "limit")
	o.keep = publish.DefaultKeep
	return cmd
}

// publishedRun is the run that is published.
type publishedRun struct {
	folder string
	id     string
	asOf   arrow.Timestamp
}

func (a *app) verify(ctx context.Context, o *options) error {
	started := time.Now()
	s, err := o.settings("build", started)
	if err != nil {
		return err
	}
	known, err := a.findPublished(s.out)
	if err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	s.asOf, s.aside, s.target = known.asOf, true, filepath.Join(s.target, "verify")
	if err := openTarget(s.target); err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	defer func() { _ = os.RemoveAll(s.target) }() // it has a copy of the data
	shown := newProgress(a.stderr)
	r, err := newRun(a.project, s, a.mem, shown)
	if err != nil {
		return err
	}
	problem := r.perform(ctx)
	shown.stop()
	switch {
	case problem != nil:
		return impeded(ctx, problem)
	case r.id != known.id:
		return &exitError{status: exitImpeded, err: fmt.Errorf("%s: run %s was published from other inputs or by another schema than there are now; run build, then verify", s.out, known.id[:folderDigits])}
	case !r.committed:
		return errors.Join(report.WriteText(a.stdout, r.results(started, nil)), &exitError{status: exitBadData})
	}
	same, err := a.compareAll(r, known)
	if err != nil {
		return impeded(ctx, err)
	}
	if !same {
		return &exitError{status: exitBadData}
	}
	_, err = fmt.Fprintf(a.stdout, "Run %s is what a full refresh gives.\n", known.id[:folderDigits])
	return impeded(ctx, err)
}

// findPublished finds the run that is published. Readers resolve `current` once, and
// so does this.
func (a *app) findPublished(out string) (known publishedRun, err error) {
	if known.folder, err = filepath.EvalSymlinks(filepath.Join(out, "current")); err != nil {
		return known, fmt.Errorf("%s: nothing is published there", out)
	}
	if m, err := state.Read(filepath.Join(known.folder, stateFolder)); err == nil {
		known.id, known.asOf = m.Run, asOfState(m)
		return known, nil
	}
	g, err := newGraph(a.project)
	if err != nil {
		return known, err
	}
	for _, n := range g.nodes {
		if n.model == nil || !slices.Contains(n.model.Formats, "arrow") {
			continue
		}
		f, err := openArrow(filepath.Join(known.folder, n.Name+".arrow"), a.mem)
		if err != nil {
			return known, fmt.Errorf("%s: %w", known.folder, err)
		}
		known.id = runOf(f.Schema())
		md := f.Schema().Metadata()
		if i := md.FindKey(keyAsOf); i >= 0 {
			known.asOf, err = parseAsOf(md.Values()[i])
		}
		return known, errors.Join(err, f.close())
	}
	return known, fmt.Errorf("%s: there is no state, and no model is published as Arrow, which would say as of which time it was built", known.folder)
}

// compareAll compares every published file with that of a full refresh.
func (a *app) compareAll(r *run, known publishedRun) (same bool, err error) {
	same = true
	for _, n := range r.graph.nodes {
		if n.model == nil || len(n.model.Formats) == 0 {
			continue
		}
		alike := true
		for _, format := range n.model.Formats {
			name := n.Name + "." + format
			equal, err := sameBytes(filepath.Join(known.folder, name), filepath.Join(r.partialFolder(), name))
			if err != nil {
				return false, err
			}
			if !equal {
				alike = false
				fmt.Fprintf(a.stdout, "%s differs.\n", filepath.Join(known.folder, name))
			}
		}
		if alike {
			continue
		}
		same = false
		if slices.Contains(n.model.Formats, "arrow") && len(n.Grain) > 0 {
			if err := a.showDifferences(r, n, known); err != nil {
				return false, err
			}
		}
	}
	return same, nil
}

// showDifferences shows the first rows that differ.
func (a *app) showDifferences(r *run, n *node, known publishedRun) error {
	name := n.Name + ".arrow"
	before, err := openArrow(filepath.Join(known.folder, name), r.mem)
	if err != nil {
		return err
	}
	defer func() { _ = before.close() }() // only read
	after, err := openArrow(filepath.Join(r.partialFolder(), name), r.mem)
	if err != nil {
		return err
	}
	defer func() { _ = after.close() }()
	found, err := changes.Compare(before, after, changes.Options{Key: n.Grain, Memory: int64(r.settings.memory) / 2, Mem: r.mem})
	if err != nil {
		return err
	}
	d, err := found.Differences(shownDifferences)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: a full refresh has %s more, %s less and %s with other values.\n", n.Name,
		report.Plural(d.Inserts, "row"), report.Count(d.Deletes), report.Count(d.Updates))
	for _, row := range d.Rows {
		fmt.Fprintf(a.stdout, "  %s\n", differenceText(&row))
	}
	if rest := d.Total() - int64(len(d.Rows)); rest > 0 {
		fmt.Fprintf(a.stdout, "  and %s more\n", report.Count(rest))
	}
	return nil
}

// differenceText is "user_id=5: gender: published M, refreshed F".
func differenceText(d *changes.Difference) string {
	switch d.Operation {
	case changes.Insert:
		return d.Key + ": not published"
	case changes.Delete:
		return d.Key + ": published, and not in a full refresh"
	}
	var parts []string
	for _, c := range d.Columns {
		parts = append(parts, fmt.Sprintf("%s: published %s, refreshed %s", c.Column, fieldText(c.Before), fieldText(c.After)))
	}
	return d.Key + ": " + strings.Join(parts, "; ")
}

func fieldText(f changes.Field) string {
	if !f.OK {
		return "null"
	}
	return report.Printable(f.Text)
}

// sameBytes says whether two files have the same bytes. One that is not there is
// not the same as any.
func sameBytes(a, b string) (bool, error) {
	x, err := os.Open(a)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer x.Close() // only read
	y, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer y.Close()
	const block = 1 << 20
	p, q := make([]byte, block), make([]byte, block)
	for {
		n, err := io.ReadFull(x, p)
		m, other := io.ReadFull(y, q)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		switch {
		case err != nil && !ended:
			return false, err
		case other != nil && !errors.Is(other, io.EOF) && !errors.Is(other, io.ErrUnexpectedEOF):
			return false, other
		case n != m || string(p[:n]) != string(q[:m]):
			return false, nil
		case ended:
			return true, nil
		}
	}
}
