package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"martlet/internal/ingest"
)

// options are the flags as given.
type options struct {
	root       string
	out        string
	targetPath string
	asOf       string
	threads    int
	selection  string
	refresh    bool
	noProofs   bool
	force      bool
	limits     map[string]string
}

// addShared adds the flags of every command that reads data.
func (o *options) addShared(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.root, "root", ".", "folder that holds raw_data/ and seeds/")
	f.StringVar(&o.out, "out", "", "folder of the published data (default: out in the root)")
	f.StringVar(&o.targetPath, "target-path", "", "folder of what a run says of itself (default: target in the root)")
	f.StringVar(&o.asOf, "as-of", "", "the run's now(): 2024-05-01, \"2024-05-01 00:00:00\" or with an offset, UTC where none is given (default: the current time)")
	f.IntVar(&o.threads, "threads", runtime.GOMAXPROCS(0), "workers that read the sources")
	f.StringVar(&o.selection, "select", "", "sources and models to run, by name, with a comma or space between; name+ also runs what reads it, +name also writes the outputs it reads (default: all); where that leaves anything out, nothing is published and outputs go to partial/ in the target folder")
	f.BoolVar(&o.refresh, "full-refresh", false, "compute everything anew; every run does so for now")
	f.BoolVar(&o.noProofs, "no-proofs", false, "run the tests that the plan proves too, as if it did not")
	o.addLimits(cmd)
}

// addLimits adds the flag of every command that reads workbooks.
func (o *options) addLimits(cmd *cobra.Command) {
	cmd.Flags().StringToStringVar(&o.limits, "limit", nil, "bounds for workbooks, `NAME=VALUE` with a comma between, 0 for none (default: "+ingest.DescribeLimits()+")")
	cmd.Flags().Lookup("limit").DefValue = ""
}

// readLimits makes sense of --limit.
func (o *options) readLimits() (ingest.Limits, error) {
	limits := ingest.DefaultLimits()
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(o.limits)) {
		if err := limits.Set(name, o.limits[name]); err != nil {
			problems = append(problems, fmt.Errorf("--limit: %w", err))
		}
	}
	return limits, errors.Join(problems...)
}

// settings are the options made sense of.
type settings struct {
	command  string // build, seed or test
	root     string
	out      string
	target   string
	asOf     arrow.Timestamp
	threads  int
	noProofs bool // run the tests that the plan proves too
	limits   ingest.Limits
	words    []string       // of --select
	args     map[string]any // the options, for run_results.json
}

// settings checks the options; now is the default of --as-of. All problems are
// reported at once.
func (o *options) settings(command string, now time.Time) (*settings, error) {
	s := &settings{command: command, root: o.root, out: o.out, target: o.targetPath, threads: o.threads, noProofs: o.noProofs}
	if s.out == "" {
		s.out = filepath.Join(o.root, "out")
	}
	if s.target == "" {
		s.target = filepath.Join(o.root, "target")
	}
	s.words = strings.FieldsFunc(o.selection, func(r rune) bool { return r == ',' || r == ' ' })
	var problems []error
	if err := o.checkRoot(); err != nil {
		problems = append(problems, err)
	}
	if strings.TrimSpace(o.selection) == "" && o.selection != "" || o.selection != "" && len(s.words) == 0 {
		problems = append(problems, fmt.Errorf("--select %q names nothing; give names of sources or models, or leave it out", o.selection))
	}
	if o.threads < 1 {
		problems = append(problems, fmt.Errorf("--threads is %d; give 1 or more", o.threads))
	}
	var err error
	if s.limits, err = o.readLimits(); err != nil {
		problems = append(problems, err)
	}
	s.asOf = arrow.Timestamp(now.UnixMicro())
	if o.asOf != "" {
		if s.asOf, err = parseAsOf(o.asOf); err != nil {
			problems = append(problems, err)
		}
	}
	s.args = map[string]any{"which": command, "root": o.root, "out": s.out, "target_path": s.target,
		"as_of": formatAsOf(s.asOf), "threads": o.threads, "select": s.words, "full_refresh": o.refresh, "no_proofs": o.noProofs}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return s, nil
}

// checkRoot wants a folder that is there, so that a misspelled one is not made.
func (o *options) checkRoot() error {
	info, err := os.Stat(o.root)
	switch {
	case err != nil:
		return fmt.Errorf("--root %s: %w; give the folder that holds raw_data/ and seeds/", o.root, cause(err))
	case !info.IsDir():
		return fmt.Errorf("--root %s is a file; give the folder that holds raw_data/ and seeds/", o.root)
	}
	return nil
}

// asOfLayouts are the ways to write --as-of; the fraction of a second may be
// added to those with seconds. One without an offset is in UTC.
var asOfLayouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02",
}

// parseAsOf reads a time as microseconds since 1970 in UTC.
func parseAsOf(text string) (arrow.Timestamp, error) {
	for _, layout := range asOfLayouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		t = t.UTC()
		if t.Nanosecond()%1000 != 0 {
			return 0, fmt.Errorf("--as-of %q is finer than a microsecond; give at most 6 digits of a second", text)
		}
		if t.Year() < 1 || t.Year() > 9999 {
			return 0, fmt.Errorf("--as-of %q is outside the years 0001 to 9999 in UTC", text)
		}
		return arrow.Timestamp(t.UnixMicro()), nil
	}
	return 0, fmt.Errorf("--as-of %q is not a time; write it as 2024-05-01, \"2024-05-01 00:00:00\" or 2024-05-01T00:00:00Z", text)
}

// formatAsOf writes a time as parseAsOf reads it.
func formatAsOf(t arrow.Timestamp) string {
	return time.UnixMicro(int64(t)).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}
