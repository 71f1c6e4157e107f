package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"martlet/internal/ingest"
	"martlet/internal/publish"
)

// options are the flags as given.
type options struct {
	root         string
	out          string
	targetPath   string
	asOf         string
	threads      int
	memory       string
	selects      []string
	excludes     []string
	state        string
	refresh      bool
	verifyInputs bool
	noProofs     bool
	force        bool
	limits       map[string]string
	warnError    bool
	limitFlag    string // which flag they are of
	keep         int
	wait         time.Duration
}

// addShared adds the flags of every command that reads data.
func (o *options) addShared(cmd *cobra.Command) {
	f := cmd.Flags()
	o.addFolders(cmd)
	f.StringVar(&o.out, "out", "", "folder of the published data (default: out in the root)")
	f.StringVar(&o.asOf, "as-of", "", "the run's now(): 2024-05-01, \"2024-05-01 00:00:00\" or with an offset, UTC where none is given (default: the current time)")
	f.IntVar(&o.threads, "threads", runtime.GOMAXPROCS(0), "how many processors to use")
	f.StringVar(&o.memory, "memory", "", "how much memory to use, as 2GB or 512MiB: what it has no room for is put into temporary files in the target folder (default: three quarters of what the machine or the control group has)")
	o.addSelection(cmd)
	f.BoolVar(&o.refresh, "full-refresh", false, "compute everything anew, also the incremental models")
	f.BoolVar(&o.verifyInputs, "verify-inputs", false, "read all files for changes, also those whose size, time and inode are as they were when an earlier run read them")
	f.BoolVar(&o.warnError, "warn-error", false, "take what is only a warning for an error: tests of severity warn, and rejects within what a source allows")
	f.BoolVar(&o.noProofs, "no-proofs", false, "run the tests that the plan proves too, as if it did not")
	o.addLimits(cmd)
}

// addPublishing adds the flags of the command that publishes.
func (o *options) addPublishing(cmd *cobra.Command) {
	cmd.Flags().IntVar(&o.keep, "keep", publish.DefaultKeep, "how many runs stay in the folder of the published data, the current one included")
	o.addWait(cmd)
}

// addWait adds the flag of the commands that need the folder for themselves.
func (o *options) addWait(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&o.wait, "wait", 0, "wait up to so long, as 30s or 5m, where another run is publishing into the folder (default: do not wait)")
	cmd.Flags().Lookup("wait").DefValue = "0" // of which the help says nothing
}

// checkWait wants a time to wait that has not passed.
func (o *options) checkWait() error {
	if o.wait < 0 {
		return fmt.Errorf("--wait is %v; give 0 or more", o.wait)
	}
	return nil
}

// addFolders adds the flags that say where an earlier run is found.
func (o *options) addFolders(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.root, "root", ".", "folder that holds raw_data/ and seeds/")
	cmd.Flags().StringVar(&o.targetPath, "target-path", "", "folder of what a run says of itself (default: target in the root)")
}

// addSelection adds the flags that choose nodes and tests.
func (o *options) addSelection(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&o.selects, "select", "s", nil, "`SELECTORS` of the nodes and tests to run, as in dbt: names with * and ?, +name, name+, 2+name, @name, METHOD:VALUE; a space between for any of them, a comma for what all select (default: everything); where a run leaves anything out, nothing is published and outputs go to partial/ in the target folder")
	f.StringArrayVar(&o.excludes, "exclude", nil, "`SELECTORS` of what to leave out of that")
	f.StringVar(&o.state, "state", "", "folder of an earlier run's manifest.json and run_results.json, for the selectors state: and result: (default for result: the target folder)")
}

// addLimits adds the flag of every command that reads workbooks.
func (o *options) addLimits(cmd *cobra.Command) { o.addLimitsAs(cmd, "limit") }

// addLimitsAs adds it by another name, where --limit is something else.
func (o *options) addLimitsAs(cmd *cobra.Command, flag string) {
	o.limitFlag = flag
	cmd.Flags().StringToStringVar(&o.limits, flag, nil, "bounds for workbooks, `NAME=VALUE` with a comma between, 0 for none (default: "+ingest.DescribeLimits()+")")
	cmd.Flags().Lookup(flag).DefValue = ""
}

// readLimits makes sense of --limit.
func (o *options) readLimits() (ingest.Limits, error) {
	limits := ingest.DefaultLimits()
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(o.limits)) {
		if err := limits.Set(name, o.limits[name]); err != nil {
			problems = append(problems, fmt.Errorf("--%s: %w", o.limitFlag, err))
		}
	}
	return limits, errors.Join(problems...)
}

// readChoice makes sense of --select, --exclude and --state.
func (o *options) readChoice() (choice, error) {
	include, err := parseExpressions("--select", o.selects)
	exclude, other := parseExpressions("--exclude", o.excludes)
	return choice{include: include, exclude: exclude, state: o.state}, errors.Join(err, other)
}

// targetFolder is where runs say of themselves what they did.
func (o *options) targetFolder() string {
	if o.targetPath != "" {
		return o.targetPath
	}
	return filepath.Join(o.root, "target")
}

// outFolder is where data are published.
func (o *options) outFolder() string {
	if o.out != "" {
		return o.out
	}
	return filepath.Join(o.root, "out")
}

// settings are the options made sense of.
type settings struct {
	command string // build, test, freshness or show
	root    string
	out     string
	target  string
	asOf    arrow.Timestamp
	threads int
	memory  budget
	limits  ingest.Limits
	choice  choice

	refresh   bool // compute everything
	verify    bool // trust no file to be as it was
	aside     bool // outputs go to a folder of their own, and nothing is published
	warnError bool
	noProofs  bool           // run the tests that the plan proves too
	keep      int            // runs of the published data
	wait      time.Duration  // for another run that publishes
	args      map[string]any // the options, for run_results.json
}

// settings checks the options; now is the default of --as-of. All problems are
// reported at once.
func (o *options) settings(command string, now time.Time) (*settings, error) {
	s := &settings{command: command, root: o.root, out: o.outFolder(), target: o.targetFolder(), threads: o.threads, refresh: o.refresh, verify: o.verifyInputs, warnError: o.warnError, noProofs: o.noProofs, keep: o.keep, wait: o.wait}
	var problems []error
	if err := o.checkRoot(); err != nil {
		problems = append(problems, err)
	}
	var err error
	if s.choice, err = o.readChoice(); err != nil {
		problems = append(problems, err)
	}
	if o.threads < 1 {
		problems = append(problems, fmt.Errorf("--threads is %d; give 1 or more", o.threads))
	}
	if command == "build" && o.keep < 1 {
		problems = append(problems, fmt.Errorf("--keep is %d; give 1 or more: the run that is published stays", o.keep))
	}
	if err := o.checkWait(); err != nil {
		problems = append(problems, err)
	}
	if s.memory, err = readMemory(o.memory); err != nil {
		problems = append(problems, err)
	}
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
		"as_of": formatAsOf(s.asOf), "threads": o.threads, "memory": o.memory, "limit": o.limits,
		"select": o.selects, "exclude": o.excludes, "state": o.state, "full_refresh": o.refresh, "verify_inputs": o.verifyInputs, "warn_error": o.warnError, "no_proofs": o.noProofs,
		"keep": o.keep, "wait": o.wait.String()}
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
