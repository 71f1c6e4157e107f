package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const unitTest = `[[unit_test]]
name = "%"
model = "m"
given = []
expect = []
`

func named(name string) string { return strings.Replace(unitTest, "%", name, 1) }

// load writes files into a folder and loads its schema.toml. What it gives of
// the folder's path is left out.
func load(t *testing.T, files map[string]string) (*Project, string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, list := Load(filepath.Join(dir, "schema.toml"))
	if err := list.Err(); err != nil {
		return p, strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
	}
	return p, ""
}

func TestInclude(t *testing.T) {
	p, problems := load(t, map[string]string{
		"schema.toml":  "include = ['b/*.toml', 'a.toml', 'b/1.toml']\n" + named("own"),
		"a.toml":       named("of_a") + named("of_a_too"),
		"b/2.toml":     named("of_b2"),
		"b/1.toml":     "# nothing\n" + named("of_b1"),
		"b/other.txt":  "not TOML",
		"b/c/sub.toml": "not included",
	})
	if problems != "" {
		t.Fatal(problems)
	}
	var got []string
	for _, u := range p.UnitTests {
		got = append(got, u.Name.Value)
	}
	if want := "own of_a of_a_too of_b1 of_b2"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if pos := p.UnitTests[3].Name.Pos; filepath.Base(pos.File) != "1.toml" || pos.Line != 3 || pos.Col != 1 {
		t.Errorf("it stands at %v", pos)
	}
}

// What is wrong in an included file, and with including it, is told at its place
// with everything else.
func TestIncludeProblems(t *testing.T) {
	_, problems := load(t, map[string]string{
		"schema.toml":   "include = ['t/*.toml', 'schema.toml', 'none.toml', 'dir']\n" + named("u"),
		"t/again.toml":  named("u"),
		"t/broken.toml": "a = [",
		"t/more.toml":   "include = ['x.toml']\ntimezone = 'UTC'\n[[modell]]\n",
		"t/wrong.toml":  named("w") + "ordered = 'yes'\n",
		"dir/x":         "",
	})
	for _, want := range []string{
		`schema.toml:1:25: include: "schema.toml" names the schema itself [bad_include]`,
		`schema.toml:1:40: include: "none.toml" names no file [bad_include]`,
		`schema.toml:1:53: include: cannot read dir: is a directory [unreadable_file]`,
		filepath.FromSlash(`t/again.toml:2:1: unit test "u": another unit test is called "u", at `),
		`schema.toml:3 [duplicate_name]`,
		filepath.FromSlash(`t/broken.toml:1:`),
		filepath.FromSlash(`t/more.toml:1:1: unknown key "include" [unknown_key]`),
		filepath.FromSlash(`t/more.toml:2:1: unknown key "timezone" [unknown_key]`),
		`known here: unit_test`,
		filepath.FromSlash(`t/wrong.toml:6:11: unit test "w": ordered: expected a boolean, found a string [wrong_type]`),
	} {
		if !strings.Contains(problems, want) {
			t.Errorf("lacks %s:\n%s", want, problems)
		}
	}
}
