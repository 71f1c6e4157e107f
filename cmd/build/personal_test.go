package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// personalText are the values of the personal columns, however they are written: as in a
// CSV file, with commas between thousands, a date by another name.
var personalText = regexp.MustCompile(`(?i)zq(mail|name)|\b77[,._]?310[,._]?\d\d\d\b|1931-0?7|jul\w* .{0,4}1931|773[,._]?1\.\d|1987-0?3|mar\w* .{0,4}1987`)

// inClear says whether a file holds data, which is personal by its nature: what is
// published, the logs of changes, rejects, failing rows that are stored, the state.
func inClear(path string) bool {
	return regexp.MustCompile(`^(extracts/|out/(runs/[^/]+/)?mart_\w+\.(csv|arrow|parquet)$|out/runs/[^/]+/(state|[^/]*\.changes)/|out/\w+\.changes/|target/(rejects|failures|partial)/)`).MatchString(path)
}

// Nothing that is said of personal values says what they are: not on the terminal, not
// in any file but those that are the data, whatever is wrong with them.
func TestNothingPersonalIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a project")
	}
	schema, err := os.ReadFile(filepath.Join("testdata", "personal", "schema.toml"))
	if err != nil {
		t.Fatal(err)
	}
	p := &personal{site: &site{t, t.TempDir()}, files: map[string]string{}, program: scratch.Compile(t, map[string]string{"members": string(schema)})}

	p.extract("members_1", "email,name,phone,born,salary,weight,seen,team", p.member(1), p.member(2), p.member(3),
		"zqmail001,zqname1 elder,77310001,1931-07-01,7731.01,7731.5,1987-03-01 07:31:00Z,b", "zqmail004,zqname hidden,77310004,1931-07-04,7731.04,7731.25,1987-03-04 07:31:45Z,a", p.member(3))
	p.extract("letters_1", "email,opened,by", "zqmail001,1987-03-09 10:00:00,zqname1", "zqmail009,1987-03-08 10:00:00,zqname9", "zqmail002,,zqname of nobody")
	p.told(0)
	p.told(0) // nothing new
	for _, args := range [][]string{
		{"test"}, {"freshness"}, {"list", "--output", "json"}, {"verify"}, {"rollback", "--list"}, {"--full-refresh", "--no-proofs", "--threads", "1"},
		{"show", "members"}, {"show", "mart_members", "--output", "json"}, {"show", "mart_names", "--output", "csv", "--limit", "0"},
		{"--select", "mart_names"}, {"test", "--memory", "8kB"},
	} {
		p.told(0, args...)
	}
	for _, args := range [][]string{
		{"mart_members", "--key", "zqmail003"}, {"mart_members", "--key", "zqmail003", "--column", "opened"}, {"mart_members", "--key", "born=1931-07-01", "--output", "json"},
		{"mart_members", "--key", "zqmail004"}, {"mart_members", "--key", "zqmail999"}, {"mart_members", "--key", "email=zqmail001,name=zqname2", "--output", "json"},
		{"stg_members", "--key", "zqmail003", "--output", "json"}, {"stg_members", "--key", "salary=7731.03"}, {"members", "--key", "phone=77310001"},
		{"mart_names", "--key", "name=zqname3"}, {"mart_names", "--key", "eldest=1931-07-03"}, {"mart_names", "--key", "name=zqname hidden", "--output", "json"},
	} {
		p.told(0, append([]string{"explain"}, args...)...)
	}
	p.told(0, "docs")
	p.told(1, "test", "--warn-error")
	p.told(1, "retry")
	p.told(0, "docs")

	p.extract("members_2", "email,name,phone,born,salary,weight,seen,team", p.member(5), "zqmail006,zqname6,77310 006,1931-07-06,7731.06,1,1987-03-06 07:31:45Z,a")
	p.extract("letters_2", "email,opened,by", "zqmail003,1987-03-19 10:00:00,zqname2")
	p.told(0) // an update
	p.told(0, "docs")
	p.told(0, "diff")
	p.told(0, "diff", "--output", "json", "--limit", "100")
	p.told(0, "show", "hashed__keys")
	p.told(0, "rollback")
	p.told(0)

	p.extract("members_3", "email,name,phone,born,salary,weight,seen,team", "zqmail007,zqname broken,77310007,1931-07-07,7731.07,1,1987-03-07 07:31:45Z,a")
	p.told(1) // an expression without a value
	p.told(0, "explain", "mart_members", "--key", "zqmail007")
	p.told(2, "explain", "mart_members", "--key", "born=1931-07-33,phone=7731 0007")
	p.told(2, "explain", "letters", "--key", "zqmail007")
	p.told(0, "docs")
	p.told(1, "show", "mart_members", "--where", "name=zqname broken", "--where", "phone=77310007", "--where", "seen=1987-03-07 07:31:45Z")
	p.told(2, "show", "mart_members", "--where", "born=1931-07-33", "--where", "phone=7731 0007")
	p.extract("members_3", "email,name,phone,born,salary,weight,seen,team", "zqmail007,zqname7,77310007,1931-07-07,7731.077,1,1987-03-07 07:31:45Z,a",
		"zqmail008,zqname8,77310008,1931-07-31 07:31:45,7731.08,1,1987-03-08,a", `,"zqname9",77310009,1931-07-09,7731.09,1,1987-03-09 07:31:45Z`)
	p.told(1) // bad cells
	p.told(0, "explain", "mart_members", "--key", "zqmail008")
	p.told(0, "explain", "mart_members", "--key", "zqmail007", "--output", "json")
	p.told(0, "docs")
	p.extract("members_3", "email,name,phone,born,salary,weight,seen,team", `zqmail007,"zqname7`)
	p.told(1) // a quote that nothing closes
	p.told(0, "explain", "mart_members", "--key", "zqmail007")
	p.extract("members_3", p.member(6), p.member(7))
	p.told(2) // no header
	p.told(0, "docs")
}

// personal is the site of the project.
type personal struct {
	*site
	program *scratch.Program
	files   map[string]string // by name, as they were searched last
}

// member is a record of somebody.
func (p *personal) member(n int) string {
	return fmt.Sprintf("zqmail%03d,zqname%d,%d,1931-07-%02d,7731.%02d,7731.%d5,1987-03-%02d 07:31:45Z,a", n, n, 77310000+n, n, n, n, n)
}

// extract writes a file of records.
func (p *personal) extract(name string, lines ...string) {
	p.write("extracts/"+name+".csv", strings.Join(lines, "\n")+"\n")
}

// told runs a command line and searches all that is said and written since.
func (p *personal) told(exit int, args ...string) {
	p.t.Helper()
	command := strings.Join(append([]string{"build"}, args...), " ")
	got := p.program.Run(p.t, "members", append(args, "--root", p.root)...)
	if got.Exit != exit {
		p.t.Errorf("%s: exit status %d, want %d:\n%s%s", command, got.Exit, exit, got.Stdout, got.Stderr)
	}
	p.search(command, "standard output", got.Stdout)
	p.search(command, "standard error", got.Stderr)
	err := filepath.WalkDir(p.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(p.root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o007 != 0 && !strings.HasPrefix(name, "extracts/") {
			p.t.Errorf("%s: the world may have to do with %s: %v", command, name, info.Mode())
		}
		p.search(command, "a name", name)
		if inClear(name) {
			return nil
		}
		content, err := os.ReadFile(path)
		if text := string(content); p.files[name] != text {
			p.files[name] = text
			p.search(command, name, text)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// search looks for what was planted.
func (p *personal) search(command, where, text string) {
	p.t.Helper()
	for _, at := range personalText.FindAllStringIndex(text, 3) {
		p.t.Errorf("%s: %s has a personal value: ...%s...", command, where, text[max(0, at[0]-120):min(len(text), at[1]+60)])
	}
}
