package selection

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Method is what a criterion asks of an item.
type Method string

// The methods. Of those without a closed set of values in the table below, any
// value may be asked for.
const (
	Name         Method = "fqn"           // the name; what is meant where no method is given
	Tag          Method = "tag"           // of a node or a test
	Source       Method = "source"        // a source by its name
	Path         Method = "path"          // a file that is read, or a folder that holds it
	Layer        Method = "layer"         // of a model
	ResourceType Method = "resource_type" // source, model, test or unit_test
	TestType     Method = "test_type"     // data or unit, generic or singular, or the kind
	TestName     Method = "test_name"     // the name of a test or, as in dbt, its kind
	Result       Method = "result"        // how it ended in an earlier run
	State        Method = "state"         // what became of it since an earlier run
)

// methods has every method, and the values of those that have few.
var methods = []struct {
	method Method
	values []string
}{
	{Name, nil},
	{Tag, nil},
	{Source, nil},
	{Path, nil},
	{Layer, nil},
	{ResourceType, []string{"source", "model", "test", "unit_test"}},
	{TestType, nil},
	{TestName, nil},
	{Result, []string{"success", "pass", "warn", "fail", "error", "skipped"}},
	{State, []string{"new", "modified", "unmodified", "old"}},
}

// methodNames lists the methods in the order of the table.
func methodNames() []string {
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = string(m.method)
	}
	return names
}

// valuesOf are the values that a known method may ask for; nil where any.
func valuesOf(method Method) (values []string, known bool) {
	for _, m := range methods {
		if m.method == method {
			return m.values, true
		}
	}
	return nil, false
}

// matcher says whether an item with this value is meant.
type matcher func(value string) bool

func newMatcher(method Method, wanted string) matcher {
	if method != Path {
		return regexp.MustCompile(`(?s)\A` + pattern(wanted, false) + `\z`).MatchString
	}
	// A folder stands for all that is below it, and a file for the pattern that
	// it is read by.
	wanted = strings.TrimPrefix(strings.TrimRight(wanted, "/"), "./")
	below := regexp.MustCompile(`(?s)\A` + pattern(wanted, true) + `(/.*)?\z`)
	return func(value string) bool {
		if below.MatchString(value) {
			return true
		}
		return strings.ContainsAny(value, "*?[") && regexp.MustCompile(`(?s)\A`+pattern(value, true)+`\z`).MatchString(wanted)
	}
}

// pattern turns a shell pattern into a regular expression, as Python's fnmatch
// does. In a path a wildcard stops at a slash, but for **.
func pattern(glob string, path bool) string {
	one, run := ".", ".*"
	if path {
		one, run = "[^/]", "[^/]*"
	}
	var out strings.Builder
	for rest := glob; rest != ""; {
		c := rest[0]
		switch {
		case path && strings.HasPrefix(rest, "**/"):
			out.WriteString("(.*/)?")
			rest = rest[3:]
			continue
		case path && strings.HasPrefix(rest, "**"):
			out.WriteString(".*")
			rest = rest[2:]
			continue
		case c == '*':
			out.WriteString(run)
		case c == '?':
			out.WriteString(one)
		case c == '[':
			if set, length := class(rest); length > 0 {
				out.WriteString(set)
				rest = rest[length:]
				continue
			}
			out.WriteString(`\[`)
		default:
			next := strings.IndexAny(rest[1:], "*?[") + 1
			if next == 0 {
				next = len(rest)
			}
			out.WriteString(regexp.QuoteMeta(rest[:next]))
			rest = rest[next:]
			continue
		}
		rest = rest[1:]
	}
	return out.String()
}

// class turns a [set] at the start of a pattern into a regular expression and
// gives its length; 0 where the bracket is not closed and so is a bracket.
func class(glob string) (set string, length int) {
	inside, not := strings.CutPrefix(glob[1:], "!")
	start := len(glob) - len(inside)
	end := -1
	if len(inside) > 1 { // a ] that comes first is one of the set
		end = strings.IndexByte(inside[1:], ']') + 1
	}
	if end <= 0 {
		return "", 0
	}
	var out strings.Builder
	out.WriteString("[")
	if not {
		out.WriteString("^")
	}
	members := []rune(inside[:end])
	some := false
	for i := 0; i < len(members); i++ {
		low, high := members[i], members[i]
		if i+2 < len(members) && members[i+1] == '-' {
			high = members[i+2]
			i += 2
		}
		if low <= high { // a range that is none has no members
			some = true
			fmt.Fprintf(&out, `\x{%x}-\x{%x}`, low, high)
		}
	}
	out.WriteString("]")
	switch {
	case some:
		return out.String(), start + end + 1
	case not:
		return `.`, start + end + 1
	}
	return `[^\x00-\x{10FFFF}]`, start + end + 1
}

// values are those of a method in the graph, each once.
func (g *Graph) values(method Method) []string {
	var all []string
	for i := range g.Items {
		all = append(all, g.Items[i].Values[method]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
