package ingest

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLockRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~éß"\\\n]{0,12}`)
		l := lock{}
		for range rapid.IntRange(0, 4).Draw(t, "seeds") {
			e := lockEntry{
				Seed: text.Draw(t, "seed"), SHA256: text.Draw(t, "sha256"), Rows: rapid.Int64().Draw(t, "rows"), Workbook: text.Draw(t, "workbook"),
				WorkbookSHA256: text.Draw(t, "digest"), Sheet: text.Draw(t, "sheet"), Columns: rapid.SliceOf(text).Draw(t, "columns"),
				Header: rapid.SliceOf(text).Draw(t, "header"), Pending: rapid.SliceOfN(text, 0, 2).Draw(t, "pending"),
			}
			if rapid.Bool().Draw(t, "faulty") { // faults must stand below a header
				e.Header, e.Faults = []string{"A2", "B2"}, []string{"B17 error", "A18 no_day"}
			}
			l[e.Seed] = e
		}
		formatted := l.format()
		back, err := parseLock(formatted)
		if err != nil || !bytes.Equal(back.format(), formatted) || len(back) != len(l) {
			t.Fatalf("%s\n%v", formatted, err)
		}
	})
}

func TestLockFormat(t *testing.T) {
	l := lock{}
	for _, seed := range []string{"seeds/b.csv", "seeds/a.csv"} {
		l[seed] = lockEntry{Seed: seed, SHA256: "00ff", Rows: 2, Workbook: "raw_data/x.xlsx", WorkbookSHA256: "11ee", Sheet: "Q&A <1>", Columns: []string{"id int64", "name string"}, Header: []string{"B2", "A2"}}
	}
	want := lockHead
	for _, seed := range []string{"seeds/a.csv", "seeds/b.csv"} {
		want += "\n[[seed]]\nseed            = \"" + seed + `"
sha256          = "00ff"
rows            = 2
workbook        = "raw_data/x.xlsx"
workbook_sha256 = "11ee"
sheet           = "Q&A <1>"
columns         = ["id int64","name string"]
header          = ["B2","A2"]
`
	}
	if got := string(l.format()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// The key pending is there only where it says something, and explains itself.
func TestLockFormatPending(t *testing.T) {
	entry := lockEntry{Seed: "s"}
	settled := string(lock{"s": entry}.format())
	entry.Pending = []string{"00ff", "11ee"}
	want := settled + "# A build that did not end may have put one of these there; the next one settles it.\npending         = [\"00ff\",\"11ee\"]\n"
	if got := string(lock{"s": entry}.format()); got != want || strings.Contains(settled, "pending") {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	back, err := parseLock([]byte(want))
	if err != nil || !slices.Equal(back["s"].Pending, entry.Pending) {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestLockErrors(t *testing.T) {
	whole := string(lock{"s": {Seed: "s"}}.format())
	tests := []struct{ name, text, want string }{
		{"empty", "", "seeds/seeds.lock:1: found no version; expected version = 1"},
		{"other version", "version = 2\n", "seeds/seeds.lock:1: found something unknown; expected version = 1 and [[seed]]"},
		{"conflict", strings.Replace(whole, "[[seed]]", "<<<<<<< ours\n[[seed]]", 1), "seeds/seeds.lock:6: found something unknown; expected version = 1 and [[seed]]"},
		{"conflict within", strings.Replace(whole, "rows", "=======\nrows", 1), "seeds/seeds.lock:9: found something unknown; expected the keys of a seed"},
		{"no number", strings.Replace(whole, "= 0", "= many", 1), `seeds/seeds.lock:9: found a value of "rows" that cannot be read; expected int64`},
		{"twice", strings.Replace(whole, "rows", "rows = 1\nrows", 1), `seeds/seeds.lock:10: found the key "rows" twice; expected it once`},
		{"missing", whole[:strings.Index(whole, "sheet")], "seeds/seeds.lock:12: found a seed with 5 keys before this line; expected 8"},
		{"doubled", whole + whole[strings.Index(whole, "[[seed]]"):], `seeds/seeds.lock:24: found "s" twice before this line; expected each seed once`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newProject(t)
			p.write(LockPath, test.text)
			_, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil)
			if want := test.want + ": restore it from git, or delete it and run `build seed`"; err == nil || err.Error() != want {
				t.Errorf("%v; want %s", err, want)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		p := newProject(t)
		if err := os.MkdirAll(p.path(LockPath), 0o750); err != nil {
			t.Fatal(err)
		}
		if _, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil); err == nil || err.Error() != "seeds/seeds.lock: the lock cannot be read: is a directory" {
			t.Error(err)
		}
	})
}

func FuzzLock(f *testing.F) {
	f.Add(lock{"s": {Seed: "s", Columns: []string{"a int64"}}}.format())
	f.Add([]byte("version = 1\n[[seed]]\nseed = null\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := parseLock(text)
		if err != nil {
			return
		}
		formatted := l.format()
		back, err := parseLock(formatted)
		if err != nil || !bytes.Equal(back.format(), formatted) {
			t.Fatalf("%q\n%v", text, err)
		}
	})
}
