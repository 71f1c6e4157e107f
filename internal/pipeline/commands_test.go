package pipeline

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

func TestUsageErrors(t *testing.T) {
	d := onDisk(t, nil)
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"sed"}, `there is no command "sed"; did you mean "seed"?`},
		{[]string{"publish"}, `there is no command "publish"`},
		{[]string{"test", "stg"}, "build test takes no arguments"},
		{[]string{"--thread", "2"}, "unknown flag: --thread"},
		{[]string{"--threads", "two"}, "invalid argument"},
		{[]string{"--threads", "0"}, "--threads is 0; give 1 or more"},
		{[]string{"--select", "marts"}, `--select "marts", column 1: "marts" matches nothing; did you mean "mart"?`},
		{[]string{"--select", "nothing_like_it"}, `"nothing_like_it" matches nothing; ` + "`build list` shows what there is"},
		{[]string{"--select", "mart", "--exclude", "*"}, "nothing is selected"},
		{[]string{"--select", " ,"}, "column 2: found nothing beside a comma"},
		{[]string{"--select", ""}, "names nothing"},
		{[]string{"--exclude", "tga:x"}, `--exclude "tga:x", column 1: there is no method "tga"; did you mean "tag"?`},
		{[]string{"--select", "state:new"}, "state: there is nothing to compare with; give the folder of an earlier run's manifest.json with --state"},
		{[]string{"--select", "state:new", "--state", "nowhere"}, "nowhere/manifest.json: no such file or directory; give a folder that a run has written"},
		{[]string{"--select", "result:fail"}, "target/run_results.json: no such file or directory; run `build` first"},
		{[]string{"--as-of", "yesterday"}, `--as-of "yesterday" is not a time`},
		{[]string{"--as-of", "2024-02-30"}, "is not a time"},
		{[]string{"--as-of", "2024-05-01T00:00:00.0000001Z"}, "finer than a microsecond"},
		{[]string{"--as-of", "0001-01-01T00:00:00+14:00"}, "outside the years"},
	}
	for _, c := range cases {
		args := append([]string{}, c.args...)
		if strings.HasPrefix(args[0], "--") {
			args = append(args, "--root", d.root)
		}
		d.expect(d.run(args...), exitImpeded, "Error: ", c.want, "build --help")
		if d.stdout.Len() > 0 {
			t.Errorf("%q wrote to standard output:\n%s", c.args, d.stdout.String())
		}
	}
	if d.text("target/run_results.json") != "" {
		t.Error("a usage error left results of a run that was none")
	}
}

// All that is wrong with the flags is said at once.
func TestUsageErrorsComeTogether(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build("--threads", "0", "--as-of", "x"), exitImpeded, "--threads", "--as-of")
	d.expect(d.build("--select", "aaaaaaaaaa bbbbbbbbbb"), exitImpeded, "column 1", "column 12", "nothing is selected")
	d.expect(d.build("--select", "a:x", "--exclude", "b:x", "--threads", "0"), exitImpeded, "--select", "--exclude", "--threads")
}

func TestHelpHasExamples(t *testing.T) {
	d := onDisk(t, nil)
	for _, args := range [][]string{{"--help"}, {"seed", "--help"}, {"test", "--help"}, {"freshness", "--help"}, {"show", "--help"}, {"list", "--help"}, {"retry", "--help"}} {
		d.expect(d.run(args...), exitDone, "Examples:", "  build")
	}
	d.expect(d.run("--help"), exitDone, "leaves out part of the")
	if said := strings.Join(strings.Fields(d.stdout.String()), " "); !strings.Contains(said, "nothing is published and outputs go to partial/ in the target folder") {
		t.Errorf("--select does not say when nothing is published:\n%s", d.stdout.String())
	}
}

func TestAsOf(t *testing.T) {
	day := arrow.Timestamp(1714521600_000000) // 2024-05-01 00:00:00 UTC, as `date -u -d 2024-05-01 +%s` says
	for text, want := range map[string]arrow.Timestamp{
		"2024-05-01": day, "2024-05-01 00:00:00": day, "2024-05-01T00:00:00": day, "2024-05-01T00:00:00Z": day,
		"2024-05-01T02:00:00+02:00": day, "2024-05-01 02:00:00+02:00": day, "2024-05-01 00:00:00.000001": day + 1,
	} {
		if got, err := parseAsOf(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro()
	rapid.Check(t, func(t *rapid.T) {
		want := arrow.Timestamp(rapid.Int64Range(first, last).Draw(t, "as-of"))
		if got, err := parseAsOf(formatAsOf(want)); err != nil || got != want {
			t.Fatalf("%s: %d, want %d, %v", formatAsOf(want), got, want, err)
		}
	})
}

func TestFirstSignalCancels(t *testing.T) {
	ctx, stop := onSignal(t.Context())
	defer stop()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("the signal did not arrive")
	}
	var why *interrupted
	if cause := context.Cause(ctx); !errors.As(cause, &why) || why.signal != os.Interrupt || !errors.Is(cause, context.Canceled) {
		t.Errorf("cause: %v", cause)
	}
}

func TestExecute(t *testing.T) {
	var out, problems strings.Builder
	if got := Execute(t.Context(), fixture(), []string{"list"}, &out, &problems); got != exitDone || !strings.Contains(out.String(), "mart") || problems.Len() > 0 {
		t.Errorf("status %d\n%s\n%s", got, out.String(), problems.String())
	}
}

// A bar leaves the line it was drawn on empty, for what is written next.
func TestProgressBar(t *testing.T) {
	var out strings.Builder
	p := &barProgress{w: &out}
	p.say("seed %s", "a")
	p.start(100)
	p.sourceStart(&node{Node: &fixture().Sources[0].Node})
	p.sourceRead(nil, 60)
	time.Sleep(120 * time.Millisecond) // it is not drawn more often
	p.sourceRead(nil, 20)
	p.nodeDone(nil)
	if !strings.HasPrefix(out.String(), "seed a\n") || !strings.Contains(out.String(), "users") || !strings.Contains(out.String(), "80%") {
		t.Errorf("drawn: %q", out.String())
	}
	p.stop()
	p.stop()
	drawn := out.String()
	last := drawn[strings.LastIndex(strings.TrimRight(drawn, "\r"), "\r")+1:]
	if strings.TrimSpace(last) != "" {
		t.Errorf("left on the line: %q", last)
	}
	if _, ok := newProgress(&out).(*lineProgress); !ok {
		t.Error("a bar for what is no terminal")
	}
}
