package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"martlet/generated"
	"martlet/internal/contract"
	"martlet/internal/pipeline"
)

// extracts are the sample's tables as files that come one after another: each has a
// folder of its own, with b.csv.
type extracts struct {
	*site
	project *contract.Project
}

func newExtracts(t *testing.T) *extracts {
	t.Helper()
	x := &extracts{sampleSite(t), generated.Project()}
	x.remove("raw_data/ae_sample_db.xlsx", "seeds/seeds.lock")
	for i := range x.project.Sources {
		s := &x.project.Sources[i]
		x.write(x.file(s.Name, "b.csv"), x.read("seeds/"+s.Name+".csv"))
		s.Workbook, s.Sheet, s.Seed = "", "", x.file(s.Name, "*.csv*")
	}
	return x
}

func (x *extracts) file(source, name string) string { return "in/" + source + "/" + name }

// add adds text to the end of a file.
func (x *extracts) add(name, text string) {
	x.t.Helper()
	f, err := os.OpenFile(x.path(name), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		x.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		x.t.Fatal(err)
	}
}

// run gives a command line to the program.
func (x *extracts) run(args ...string) outcome {
	x.t.Helper()
	var stdout, stderr bytes.Buffer
	if !slices.Contains(args, "--as-of") {
		args = append(args, "--as-of", asOf)
	}
	exit := pipeline.Execute(x.t.Context(), x.project, append(args, "--root", x.root), &stdout, &stderr)
	return outcome{exit, stdout.String(), stderr.String()}
}

// increment is what run_results.json says of the incremental models.
type increment struct {
	Full      bool `json:"full_refresh"`
	Reason    string
	New       string
	Unchanged bool
	Changes   []struct {
		Model                     string
		Inserts, Updates, Deletes int64
		Compared                  bool
	}
}

func (x *extracts) increment() (found increment) {
	x.t.Helper()
	var results struct {
		Martlet struct{ Increment *increment }
	}
	if err := json.Unmarshal([]byte(x.read("target/run_results.json")), &results); err != nil || results.Martlet.Increment == nil {
		x.t.Fatalf("run_results.json says nothing of an increment, %v", err)
	}
	return *results.Martlet.Increment
}

// mustBeAnew holds what the last run, with some arguments, published and found
// against a run that computes everything.
func (x *extracts) mustBeAnew(args ...string) {
	x.t.Helper()
	got, found, rejects := x.published(), x.findings(), x.rejects()
	for _, folder := range []string{"out", "target"} {
		if err := os.Rename(x.path(folder), x.path(folder+".kept")); err != nil {
			x.t.Fatal(err)
		}
	}
	x.expect(x.run(append(args, "--full-refresh")...), 0)
	if reason := x.increment().Reason; reason != "it was asked for" {
		x.t.Errorf("a full refresh gives the reason %q", reason)
	}
	if !maps.Equal(got, x.published()) {
		x.t.Error("the published bytes are not those of a full refresh")
	}
	if want := x.findings(); found != want {
		x.t.Errorf("what was found is\n%s\nwith a full refresh it is\n%s", found, want)
	}
	if !maps.Equal(rejects, x.rejects()) {
		x.t.Errorf("the files of rejects are\n%v\nwith a full refresh\n%v", rejects, x.rejects())
	}
	for _, folder := range []string{"out", "target"} {
		if err := os.RemoveAll(x.path(folder)); err != nil {
			x.t.Fatal(err)
		}
		if err := os.Rename(x.path(folder+".kept"), x.path(folder)); err != nil {
			x.t.Fatal(err)
		}
	}
}

// rejects are the files of rejected records.
func (x *extracts) rejects() map[string]string {
	x.t.Helper()
	if _, err := os.Stat(x.path("target/rejects")); err != nil {
		return nil
	}
	return x.tree("target/rejects")
}

// allowed has sources and models take some rejects.
func (x *extracts) allowed() {
	for i := range x.project.Sources {
		x.project.Sources[i].MaxRejects = contract.Allowance{Records: 9}
	}
	for i := range x.project.Models {
		x.project.Models[i].Complete = false
	}
}

// account is a record of a new user.
func account(id int) string {
	return fmt.Sprintf("%d,user.%[1]d@example.com,2023-01-02 03:04:05,2023-02-03 04:05:06,false\n", id)
}

const (
	accountFile = "in/user_account/b.csv"
	closureFile = "in/user_account_closures/b.csv"
)

// What changed since the run before decides whether everything is computed, and
// whichever way it is done, the same is published.
func TestWhatChangedDecides(t *testing.T) {
	const header = "user_id,email,created_timestamp,last_updated,internal_user\n"
	type change struct {
		name   string
		before func(x *extracts) // the first run
		change func(x *extracts)
		args   []string // of the second run
		reason string   // why everything is computed; "" where it is not
		new    string   // what was read, where not
	}
	for _, c := range []change{
		{name: "nothing", change: func(*extracts) {}, new: "no new record"},
		{name: "touched", change: func(x *extracts) { x.touch(accountFile) }, new: "no new record"},
		{name: "copied", change: func(x *extracts) { text := x.read(accountFile); x.remove(accountFile); x.write(accountFile, text) }, new: "no new record"},
		{name: "another time", change: func(*extracts) {}, args: []string{"--as-of", "2024-06-30"}, new: "no new record"},
		{name: "an earlier time", change: func(*extracts) {}, args: []string{"--as-of", "2021-01-01"}, new: "no new record"},
		{name: "grown", change: func(x *extracts) { x.add(accountFile, account(900001)) }, new: "1 file with new records"},
		{name: "grown without a last line end", change: func(x *extracts) { x.add(accountFile, strings.TrimSuffix(account(900001), "\n")) }, new: "1 file with new records"},
		{name: "all grown", change: func(x *extracts) {
			x.add(accountFile, account(900001)+account(1001))
			x.add(closureFile, "1001,2023-01-01 00:00:00\n900001,2023-01-01 00:00:00\n")
			x.add("in/user_account_reactivations/b.csv", "1001,2023-01-02 00:00:00\n")
			x.add("in/user_marketing_preferences/b.csv", "1001,false,2023-01-03 00:00:00\n")
			x.add("in/user_account_attributes/b.csv", "1001,M,IE,1986-12-09\n")
			x.add("in/country/b.csv", "XK,Kosovo\n")
		}, new: "6 files with new records"},
		{name: "a header alone grew", before: func(x *extracts) { x.write("in/user_account/c.csv", "\ufeff"+header) },
			change: func(x *extracts) { x.add("in/user_account/c.csv", account(900001)) }, new: "1 file with new records"},
		{name: "new file", change: func(x *extracts) { x.write("in/user_account/c.csv", header+account(900001)) }, new: "1 new file"},
		{name: "new file and grown", change: func(x *extracts) {
			x.write("in/user_account/c.csv", header+account(900001))
			x.add(accountFile, account(900002)+account(1001))
		}, new: "1 new file, 1 file with new records"},
		{name: "new compressed file", change: func(x *extracts) { x.write("in/user_account/c.csv.gz", zipped(header+account(900001))) }, new: "1 new file"},

		{name: "changed", change: func(x *extracts) { x.replace(accountFile, "grace.hopper@example.com", "Grace.Hopper@example.com") }, reason: accountFile + " has changed"},
		{name: "changed and grown", change: func(x *extracts) {
			x.replace(accountFile, "grace.hopper@example.com", "grace@example.com")
			x.add(accountFile, account(900001)+account(900002))
		}, reason: accountFile + " has changed"},
		{name: "shorter", change: func(x *extracts) {
			text := x.read(accountFile)
			x.write(accountFile, text[:strings.LastIndexByte(text[:len(text)-1], '\n')+1])
		}, reason: accountFile + " has changed"},
		{name: "grown behind a line without end", change: func(x *extracts) { x.add(accountFile, "\n"+account(900001)) },
			before: func(x *extracts) { x.write(accountFile, strings.TrimSuffix(x.read(accountFile), "\n")) }, reason: accountFile + " has changed"},
		{name: "grown by a line end", change: func(x *extracts) { x.add(accountFile, "\n") },
			before: func(x *extracts) { x.write(accountFile, strings.TrimSuffix(x.read(accountFile), "\n")) }, reason: accountFile + " has changed"},
		{name: "compressed file grew", before: func(x *extracts) { x.write("in/user_account/c.csv.gz", zipped(header+account(900001))) },
			change: func(x *extracts) { x.add("in/user_account/c.csv.gz", zipped(account(900002))) }, reason: "in/user_account/c.csv.gz has changed"},
		{name: "not the last grew", before: func(x *extracts) { x.write("in/user_account/c.csv", header+account(900001)) },
			change: func(x *extracts) { x.add(accountFile, account(900002)) }, reason: accountFile + " has grown, and is not the last file of its source"},
		{name: "first gone", before: func(x *extracts) { x.write("in/user_account/c.csv", header+account(900001)) },
			change: func(x *extracts) { x.remove(accountFile) }, reason: accountFile + " is gone"},
		{name: "last gone", before: func(x *extracts) { x.write("in/user_account/c.csv", header+account(900001)) },
			change: func(x *extracts) { x.remove("in/user_account/c.csv") }, reason: "in/user_account/c.csv is gone"},
		{name: "another name", before: func(x *extracts) { x.write("in/user_account/c.csv", header+account(900001)) },
			change: func(x *extracts) {
				x.remove("in/user_account/c.csv")
				x.write("in/user_account/d.csv", header+account(900001))
			},
			reason: "in/user_account/c.csv is gone"},
		{name: "new file before", change: func(x *extracts) { x.write("in/user_account/a.csv", header+account(900001)) },
			reason: "in/user_account/a.csv stands before " + accountFile + ", which was read already"},
		{name: "new file between", before: func(x *extracts) { x.write("in/user_account/d.csv", header+account(900001)) },
			change: func(x *extracts) { x.write("in/user_account/c.csv", header+account(900002)) },
			reason: "in/user_account/c.csv stands before in/user_account/d.csv, which was read already"},

		{name: "rejects", before: func(x *extracts) { x.allowed(); x.add(accountFile, "too,few\n") },
			change: func(x *extracts) {
				x.add(accountFile, "many\n"+account(900001)+"x,a@example.com,2023-01-02 03:04:05,2023-02-03 04:05:06,false\n")
				x.write("in/user_account/c.csv", header+"y,a@example.com,2023-01-02 03:04:05,2023-02-03 04:05:06,maybe\n")
			}, new: "1 new file, 1 file with new records"},
		{name: "a source that may change any row", before: func(x *extracts) { x.project.Increments.Sources[5].Anywhere = true },
			change: func(x *extracts) { x.add("in/country/b.csv", "XK,Kosovo\n") }, reason: "country has new records, and they may change any row"},

		{name: "asked for", change: func(*extracts) {}, args: []string{"--full-refresh"}, reason: "it was asked for"},
		{name: "proofs", change: func(*extracts) {}, args: []string{"--no-proofs"}, reason: "tests that the plan proves are to run too"},
		{name: "other schema", change: func(x *extracts) { x.project.Fingerprint = strings.Repeat("0", 64) }, reason: "the schema has changed"},
		{name: "nothing published", change: func(x *extracts) { x.removeAll("out") }, reason: "nothing is published yet"},
		{name: "no state", change: func(x *extracts) { x.removeAll("out/current/state") }, reason: "the run that is published has no state"},
		{name: "no manifest", change: func(x *extracts) { x.remove("out/current/state/manifest.json") }, reason: "the run that is published has no state"},
		{name: "damaged manifest", change: func(x *extracts) { x.flip("out/current/state/manifest.json", 100) }, reason: "manifest.json of the state cannot be used: its digest does not match"},
		{name: "manifest of another version", change: func(x *extracts) { x.reseal(`"version":3`, `"version":4`) }, reason: "manifest.json of the state cannot be used: it is of version 4, not 3"},
		{name: "state of another project", change: func(x *extracts) { x.reseal(`"name":"country"`, `"name":"land"`) }, reason: "the state is not one of this project"},
		{name: "damaged table", change: func(x *extracts) {
			x.flip("out/current/state/user_account-0.rows.arrows", -99)
			x.add(accountFile, account(1001))
		},
			reason: "user_account-0.rows.arrows of the state cannot be used: a checksum does not match"},
		{name: "table cut", change: func(x *extracts) {
			x.add(accountFile, account(1001))
			if err := os.Truncate(x.path("out/current/state/user_account-0.keys.arrows"), 100); err != nil {
				x.t.Fatal(err)
			}
		}, reason: "user_account-0.keys.arrows of the state cannot be used: it has not the 4296 bytes that were written"},
		{name: "table gone", change: func(x *extracts) {
			x.remove("out/current/state/mart_users_marketing.rows.arrows")
			x.add(accountFile, account(1001))
		},
			reason: "mart_users_marketing.rows.arrows of the state cannot be used: no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newExtracts(t)
			if c.before != nil {
				c.before(x)
			}
			x.expect(x.run(), 0, "Full refresh: nothing is published yet.")
			before := x.read(martCSV)
			c.change(x)
			x.expect(x.run(c.args...), 0)
			got := x.increment()
			if got.Full != (c.reason != "") || !strings.HasSuffix(got.Reason, c.reason) || got.New != c.new {
				t.Errorf("the reason is %q, what is new %q; want %q, %q", got.Reason, got.New, c.reason, c.new)
			}
			if same := x.read(martCSV) == before; got.Unchanged && !same {
				t.Error("it is said to be unchanged and is not")
			}
			if !slices.Contains(c.args, "--full-refresh") {
				x.mustBeAnew(c.args...)
			}
			// And whatever it was, the next one is incremental again.
			x.add(closureFile, "1003,2024-03-01 00:00:00\n")
			args := slices.DeleteFunc(slices.Clone(c.args), func(a string) bool { return a == "--full-refresh" || a == "--no-proofs" })
			x.expect(x.run(args...), 0)
			if got := x.increment(); got.Full || got.New != "1 file with new records" {
				t.Errorf("the run behind it is %+v", got)
			}
			if c.reason == "" { // else it starts from what a full refresh left
				x.mustBeAnew(args...)
			}
		})
	}
}

// keeping has what do makes of the folder out undone, times included.
func (x *extracts) keeping(do func()) {
	x.t.Helper()
	kept := filepath.Join(x.t.TempDir(), "out")
	if err := os.CopyFS(kept, os.DirFS(x.path("out"))); err != nil {
		x.t.Fatal(err)
	}
	err := filepath.WalkDir(kept, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(kept, path)
		if err != nil {
			return err
		}
		was, err := os.Stat(filepath.Join(x.path("out"), rel))
		if err != nil {
			return err
		}
		return os.Chtimes(path, was.ModTime(), was.ModTime())
	})
	if err != nil {
		x.t.Fatal(err)
	}
	do()
	x.removeAll("out")
	if err := os.Rename(kept, x.path("out")); err != nil {
		x.t.Fatal(err)
	}
}

// damageSite has a run published and some new records of each source.
func damageSite(t *testing.T) (x *extracts, want map[string]string) {
	t.Helper()
	x = newExtracts(t)
	x.allowed()
	x.add(accountFile, "900001,too,few\n")
	x.expect(x.run(), 0)
	for i := range x.project.Sources {
		name := x.file(x.project.Sources[i].Name, "b.csv")
		if strings.Contains(name, "country") {
			x.add(name, "XK,Kosovo\n")
			continue
		}
		first := strings.SplitAfter(x.read(name), "\n")[1:9]
		x.add(name, strings.Join(first, ""))
	}
	x.expect(x.run("--out", x.path("whole")), 0)
	return x, map[string]string{"csv": x.read("whole/mart_users_marketing.csv"), "arrow": x.read("whole/mart_users_marketing.arrow"),
		"audience": x.read("whole/campaign_audience.csv"), "audience as Arrow": x.read("whole/campaign_audience.arrow")}
}

// mustNotMatter damages a byte of a file of the published run, and runs a build: the
// damage is found, and what is published is what it would be without.
func (x *extracts) mustNotMatter(want map[string]string, name string, at int, args ...string) {
	x.t.Helper()
	x.keeping(func() {
		x.flip("out/current/"+name, at)
		x.expect(x.run(args...), 0)
		found := x.increment()
		if !maps.Equal(x.published(), want) {
			x.t.Errorf("byte %d of %s was damaged, and the published bytes are others: %+v", at, name, found)
		}
		switch {
		case strings.HasPrefix(name, "campaign_audience"): // is not incremental, and so not read
			if found.Full != (len(args) > 0) {
				x.t.Errorf("byte %d of %s was damaged: %+v", at, name, found)
			}
		case len(args) > 0:
			if strings.HasSuffix(name, ".arrow") && found.Changes[0].Compared {
				x.t.Errorf("byte %d of %s was damaged, and changes are told since: %+v", at, name, found)
			}
		case strings.HasSuffix(name, ".csv") == found.Full, found.Full && !strings.Contains(found.Reason, "of the state cannot be used"):
			x.t.Errorf("byte %d of %s was damaged: %+v", at, name, found)
		}
	})
}

// No damage of a file that the next run starts from makes a difference to what that
// publishes.
func TestDamageMakesNoDifference(t *testing.T) {
	x, want := damageSite(t)
	folder, err := os.Readlink(x.path("out/current"))
	if err != nil {
		t.Fatal(err)
	}
	files := x.tree("out/" + folder)
	if len(files) < 15 {
		t.Errorf("there are %d files", len(files))
	}
	for name, text := range files {
		x.mustNotMatter(want, name, len(text)/2)
	}
}

// The rows of a published file are not copied, nor compared with, where it is not as
// it was written, and whatever stands in it ends no run.
func TestDamageOfPublishedFile(t *testing.T) {
	x, want := damageSite(t)
	const name = "mart_users_marketing.arrow"
	size := len(x.read("out/current/" + name))
	for _, at := range []int{0, 9, 40, size / 4, size / 3, size * 3 / 4, size - 3000, size - 1500, size - 700, size - 9, size - 1} {
		x.mustNotMatter(want, name, at)
		x.mustNotMatter(want, name, at, "--full-refresh")
	}
}

func (x *extracts) removeAll(name string) {
	x.t.Helper()
	if err := os.RemoveAll(x.path(name)); err != nil {
		x.t.Fatal(err)
	}
}

// touch makes a file later.
func (x *extracts) touch(name string) {
	x.t.Helper()
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(x.path(name), later, later); err != nil {
		x.t.Fatal(err)
	}
}

// flip changes a bit of the byte at a place, which counts from the end where it is
// negative.
func (x *extracts) flip(name string, at int) {
	x.t.Helper()
	text := []byte(x.read(name))
	if at < 0 {
		at += len(text)
	}
	text[at] ^= 4
	x.write(name, string(text))
}

// reseal changes the manifest of the published state, and its digest with it.
func (x *extracts) reseal(old, new string) {
	x.t.Helper()
	const name = "out/current/state/manifest.json"
	var sealed struct {
		SHA256 string          `json:"sha256"`
		State  json.RawMessage `json:"state"`
	}
	if err := json.Unmarshal([]byte(x.read(name)), &sealed); err != nil {
		x.t.Fatal(err)
	}
	if !bytes.Contains(sealed.State, []byte(old)) {
		x.t.Fatalf("the manifest does not have %s", old)
	}
	sealed.State = bytes.Replace(sealed.State, []byte(old), []byte(new), 1)
	sealed.SHA256 = fmt.Sprintf("%x", sha256.Sum256(sealed.State))
	text, err := json.Marshal(sealed)
	if err != nil {
		x.t.Fatal(err)
	}
	x.write(name, string(text))
}

func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text)) // to memory
	_ = w.Close()
	return out.String()
}

// A file of the size, time and inode that it had is not read again, unless that is
// asked for.
func TestTrustedFiles(t *testing.T) {
	x := newExtracts(t)
	x.expect(x.run(), 0)
	const country = "in/country/b.csv"
	info, err := os.Stat(x.path(country))
	if err != nil {
		t.Fatal(err)
	}
	x.replace(country, "AD,Andorra", "AD,andorra") // in place
	if err := os.Chtimes(x.path(country), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	x.expect(x.run(), 0)
	if got := x.increment(); got.Full || !got.Unchanged {
		t.Errorf("a file that looks as it did is read: %+v", got)
	}
	x.expect(x.run("--verify-inputs"), 0)
	if got := x.increment(); got.Reason != country+" has changed" {
		t.Errorf("with --verify-inputs: %+v", got)
	}
	x.mustBeAnew()
}

// A run that fails publishes nothing and leaves the state as it was; the next one
// starts from it.
func TestStateAfterFailure(t *testing.T) {
	x := newExtracts(t)
	x.expect(x.run(), 0)
	before, state := x.published(), x.tree("out/current/state")
	whole := x.read(accountFile)
	for _, bad := range []string{"900001,too,few\n", "x,a@example.com,2023-01-02 03:04:05,2023-02-03 04:05:06,false\n", "900001,\"never closed\n"} {
		x.write(accountFile, whole+bad+account(900002))
		x.expect(x.run(), 1)
		if !maps.Equal(x.published(), before) || !maps.Equal(x.tree("out/current/state"), state) {
			t.Fatalf("after %q there is something else", bad)
		}
	}
	x.write(accountFile, whole+account(900001)+account(900002))
	x.expect(x.run(), 0)
	if got := x.increment(); got.Full || got.New != "1 file with new records" || len(got.Changes) != 1 || got.Changes[0].Inserts != 2 || got.Changes[0].Updates+got.Changes[0].Deletes != 0 {
		t.Errorf("the run behind the failures is %+v", got)
	}
	x.mustBeAnew()
}

// Rows of the state and logs of changes have personal data: nobody else may read them.
func TestModesOfStateAndLogs(t *testing.T) {
	x := newExtracts(t)
	x.expect(x.run(), 0)
	x.add(accountFile, account(900001)+"900002,too,few\n")
	x.allowed()
	x.expect(x.run(), 0)
	if got := x.increment(); got.Full {
		t.Fatalf("the second run is %+v", got)
	}
	kinds := map[string]int{}
	err := filepath.WalkDir(x.path("out"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type() == fs.ModeSymlink {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o640)
		if d.IsDir() {
			want = 0o750
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, want %v", path, info.Mode(), want)
		}
		switch rel, _ := filepath.Rel(x.root, path); {
		case strings.Contains(rel, "/state/"):
			kinds["state"]++
		case strings.Contains(rel, ".changes/"):
			kinds["log"]++
		}
		if strings.HasSuffix(path, ".rejects.json") {
			kinds["rejects"]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if kinds["state"] < 20 || kinds["log"] != 2 || kinds["rejects"] != 1 {
		t.Errorf("there are %v", kinds)
	}
}

// A cell that has no value, and one that is empty, are the same in a seed: what the
// workbook says of it counts.
func TestFaultsInWorkbooks(t *testing.T) {
	s := sampleSite(t)
	s.setCells(map[string]any{"user_account_attributes!D4": nil})
	s.expect(s.build(), 0)
	s.editBook(func(f *excelize.File) error { return f.SetCellFormula("user_account_attributes", "D4", "1+1") })
	s.expect(s.build(), 1, "seeds/user_account_attributes.csv has changed", "found a formula without a stored result", "Nothing was published")
	s.setCells(map[string]any{"user_account_attributes!D4": nil})
	s.expect(s.build(), 0, "nothing is new; what is published stays")
}

// A run that has nothing to do puts right what one that was killed has left, and what
// is missing of the published files it makes again.
func TestNothingNewMends(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	want := s.tree("out")
	csv := s.read(martCSV)
	s.remove(martCSV)
	s.write("out/runs/.staging-0123456789abcdef/mart_users_marketing.csv", csv)
	s.expect(s.build(), 0, "nothing is new; what is published stays")
	if got := s.tree("out"); !maps.Equal(got, want) {
		t.Errorf("there is %v, want %v", got, want)
	}
	s.remove(publishedCSV)
	s.expect(s.build(), 0)
	if s.read(martCSV) != csv {
		t.Error("the file that was missing has other bytes")
	}
}

// A source may have any number of files.
func TestManyFiles(t *testing.T) {
	x := newExtracts(t)
	const header = "user_id,reopened_timestamp\n"
	for i := range 300 {
		x.write(x.file("user_account_reactivations", fmt.Sprintf("c%03d.csv", i)), header+"1001,2024-01-01 00:00:00\n")
	}
	x.expect(x.run(), 0)
	x.expect(x.run(), 0, "nothing is new; what is published stays")
	x.write(x.file("user_account_reactivations", "d.csv"), header+"1001,2024-02-01 00:00:00\n")
	x.expect(x.run(), 0, "Incremental: 1 new file")
	updated := x.read(publishedCSV)
	x.expect(x.run("--full-refresh"), 0)
	if x.read(publishedCSV) != updated {
		t.Error("a full refresh gives other bytes")
	}
}
