package publish

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What is written is read back.
func TestHistoryFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zé0-9][a-z0-9 .-]{0,8}`)
		at := time.UnixMilli(rapid.Int64Range(0, 1<<41).Draw(t, "at")).UTC()
		var h history
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			x := Publication{Run: name.Draw(t, "run"), At: at, after: h.last(), logs: []string{}}
			for range rapid.IntRange(0, 2).Draw(t, "logs") {
				x.logs = append(x.logs, name.Draw(t, "folder")+"/"+name.Draw(t, "log"))
			}
			h = append(h, x)
			at = later(at, time.UnixMilli(rapid.Int64Range(0, 1<<41).Draw(t, "next")))
		}
		var next *Publication
		if rapid.Bool().Draw(t, "announced") {
			next = &Publication{Run: name.Draw(t, "run"), At: at, logs: []string{}}
		}
		got, last, err := decodeHistory(string(h.encode(next)))
		if err != nil || !reflect.DeepEqual(got, h) || !reflect.DeepEqual(last, next) {
			t.Fatalf("wrote %v and %v, read %v and %v, %v", h, next, got, last, err)
		}
	})
}

// A record that is not ours is refused with its line, and changes nothing.
func TestHistoryRefused(t *testing.T) {
	const good = "20240501T000000.000Z\t-\ta\tpublished\n"
	for bad, want := range map[string]string{
		"x":                                                                 "line 2: found \"x\", expected 4 columns",
		"2024-05-01\t-\tb\tpublished":                                       "expected a time",
		"20240502T000000.000Z\tx\tb\tdone":                                  "expected a time or -",
		"20240502T000000.000Z\t-\tb\tdone":                                  "found \"done\"",
		"20240502T000000.000Z\t-\t../b\tpublished":                          "cannot be a run",
		"20240502T000000.000Z\t-\tb\tpublished\tx/../../y":                  "cannot be a log",
		"20240502T000000.000Z\t-\tb\tpublished\truns/a":                     "the published folder needs the name",
		"20240502T000000.000Z\t-\tb\tpublished\tx":                          "cannot be a log",
		"20240501T000000.000Z\t-\tb\tpublished":                             "not later",
		"20240502T000000.000Z\t-\tb\tannounced\n" + strings.TrimSpace(good): "line 3: found another publication",
	} {
		out := t.TempDir()
		p := open(t, out)
		publish(t, p, "a", content{"f": "a"})
		if err := os.WriteFile(filepath.Join(out, historyName), []byte(good+bad+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Begin("b"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "remove it") {
			t.Errorf("%q: Begin gave %v, want %s", bad, err, want)
		}
		if _, err := p.Rollback("", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: Rollback gave %v, want %s", bad, err, want)
		}
	}
}

// Of two publications the later one has the later time, whatever the clock says.
func TestTimesOfPublicationsRise(t *testing.T) {
	noon := time.Date(2024, 5, 1, 12, 0, 0, 123_456_789, time.UTC)
	for _, x := range []struct{ last, at, want time.Time }{
		{time.Time{}, noon, noon.Truncate(time.Millisecond)},
		{noon.Truncate(time.Millisecond), noon, noon.Truncate(time.Millisecond).Add(time.Millisecond)},
		{noon.Add(time.Hour), noon, noon.Add(time.Hour + time.Millisecond)},
	} {
		if got := later(x.last, x.at); !got.Equal(x.want) {
			t.Errorf("after %v at %v: %v, want %v", x.last, x.at, got, x.want)
		}
	}
}

// Not even the time of a publication that never happened is used again: somebody
// may have seen its log.
func TestTimeOfAnUnfinishedPublication(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	mustPublish(t, p, numbered("a"))
	next := &Publication{Run: "b", At: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), after: p.history[0].At}
	if err := p.writeHistory(next); err != nil {
		t.Fatal(err)
	}
	mustPublish(t, p, numbered("b"))
	runs, err := Runs(out)
	if err != nil || len(runs) != 2 || runs[0].Run != "b" || !runs[0].At.After(next.At) {
		t.Errorf("runs are %v, %v; want b after %v", runs, err, next.At)
	}
}
