package selection

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// glob is fnmatch by trying everything.
func glob(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	p := []rune(pattern)
	rest := []rune(text)
	switch p[0] {
	case '*':
		for i := 0; i <= len(rest); i++ {
			if glob(string(p[1:]), string(rest[i:])) {
				return true
			}
		}
		return false
	case '?':
		return len(rest) > 0 && glob(string(p[1:]), string(rest[1:]))
	case '[':
		end := 1
		if end < len(p) && p[end] == '!' {
			end++
		}
		if end < len(p) { // the first member, even a ]
			end++
		}
		for end < len(p) && p[end] != ']' {
			end++
		}
		if end < len(p) {
			return len(rest) > 0 && inClass(p[1:end], rest[0]) && glob(string(p[end+1:]), string(rest[1:]))
		}
	}
	return len(rest) > 0 && rest[0] == p[0] && glob(string(p[1:]), string(rest[1:]))
}

func inClass(class []rune, r rune) bool {
	if class[0] == '!' {
		return !isMember(class[1:], r)
	}
	return isMember(class, r)
}

// isMember is inClass of a class that is not negated: a ! is a member like any other.
func isMember(class []rune, r rune) bool {
	for i := 0; i < len(class); i++ {
		if i+2 < len(class) && class[i+1] == '-' {
			if class[i] <= r && r <= class[i+2] {
				return true
			}
			i += 2
		} else if class[i] == r {
			return true
		}
	}
	return false
}

func TestPatternsAreFnmatch(t *testing.T) {
	text := rapid.StringMatching(`[ab/\-\]\.é]{0,5}`)
	rapid.Check(t, func(t *rapid.T) {
		wanted := rapid.StringMatching(`[ab*?\[\]!\-\.é]{0,7}`).Draw(t, "pattern")
		value := text.Draw(t, "text")
		if got, want := newMatcher(Name, wanted)(value), glob(wanted, value); got != want {
			t.Fatalf("%q matches %q: %v, want %v", wanted, value, got, want)
		}
	})
}

// A path is matched by the names in it, one by one.
func TestPathsAreMatchedByTheirParts(t *testing.T) {
	part := rapid.StringMatching(`[ab]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		file := rapid.SliceOfN(part, 1, 4).Draw(t, "file")
		wanted := rapid.SliceOfN(rapid.OneOf(part, rapid.StringMatching(`[ab*?]{1,2}`)), 1, 4).Draw(t, "pattern")
		want := len(wanted) <= len(file)
		for i := 0; want && i < len(wanted); i++ {
			if wanted[i] == "**" {
				t.Skip("any number of parts")
			}
			want = glob(wanted[i], file[i])
		}
		if got := newMatcher(Path, strings.Join(wanted, "/"))(strings.Join(file, "/")); got != want {
			t.Fatalf("%q matches %q: %v, want %v", wanted, file, got, want)
		}
	})
}

// naive is a graph with the distance between any two items found by following
// every path.
type naive struct{ g *Graph }

// within says whether a path of 1 to depth steps leads from an item to what it reads.
func (n naive) within(from, to, depth int) bool {
	if depth == 0 {
		return false
	}
	for _, next := range n.g.Items[from].Reads {
		if next == to || n.within(next, to, depth-1) {
			return true
		}
	}
	return false
}

// has says whether the criterion, drawn as its parts, selects an item.
func (n naive) has(c drawn, item int) bool {
	direct := func(i int) bool {
		for j := range n.g.Items {
			if c.named(n.g, j) && (i == j || n.within(i, j, c.behind) || n.within(j, i, c.before)) {
				return true
			}
			if !c.at || !c.named(n.g, j) {
				continue
			}
			for k := range n.g.Items { // a descendant, and what it rests on
				if (k == j || n.within(k, j, all)) && (k == i || n.within(k, i, all)) {
					return true
				}
			}
		}
		return false
	}
	if direct(item) {
		return true
	}
	if n.g.Items[item].IsTest {
		for _, node := range n.g.Items[item].Reads {
			if direct(node) {
				return true
			}
		}
	}
	return false
}

// drawn is a criterion as drawn by a property test.
type drawn struct {
	at             bool
	before, behind int
	method, value  string
}

func (c drawn) String() string {
	depth := func(n int) string {
		if n < 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	text := c.value
	if c.method != "" {
		text = c.method + ":" + text
	}
	if c.before != 0 {
		text = depth(c.before) + "+" + text
	}
	if c.behind != 0 {
		text += "+" + depth(c.behind)
	}
	if c.at {
		text = "@" + text
	}
	return text
}

func (c drawn) named(g *Graph, item int) bool {
	method := Method(c.method)
	if method == "" {
		method = Name
	}
	for _, value := range g.Items[item].Values[method] {
		if glob(c.value, value) {
			return true
		}
	}
	return false
}

func drawGraph(t *rapid.T) *Graph {
	g := &Graph{}
	nodes := rapid.IntRange(1, 7).Draw(t, "nodes")
	items := nodes + rapid.IntRange(0, 4).Draw(t, "tests")
	for i := range items {
		x := Item{IsTest: i >= nodes, Values: map[Method][]string{Name: {fmt.Sprintf("n%d", i)}}}
		if rapid.Bool().Draw(t, "tagged") {
			x.Values[Tag] = []string{rapid.SampledFrom([]string{"day", "night"}).Draw(t, "tag")}
		}
		below := min(i, nodes)
		if x.IsTest || below > 0 {
			for range rapid.IntRange(1, 2).Draw(t, "reads") {
				x.Reads = append(x.Reads, rapid.IntRange(0, below-1).Draw(t, "input"))
			}
		}
		g.Items = append(g.Items, x)
	}
	return g
}

func drawCriterion(t *rapid.T, items int) drawn {
	depth := rapid.SampledFrom([]int{0, 0, all, 1, 2})
	c := drawn{at: rapid.IntRange(0, 4).Draw(t, "@") == 0, before: depth.Draw(t, "before"), behind: depth.Draw(t, "behind"),
		value: fmt.Sprintf("n%d", rapid.IntRange(0, items-1).Draw(t, "item"))}
	if c.at {
		c.behind = 0
	}
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		c.method, c.value = "tag", rapid.SampledFrom([]string{"day", "night", "*t"}).Draw(t, "tag")
	case 1:
		c.value = rapid.SampledFrom([]string{"*", "n?", "n[0-2]", "*3"}).Draw(t, "pattern")
	}
	return c
}

// Expressions are held against sets found item by item, path by path.
func TestSelectIsWhatBruteForceSelects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := naive{drawGraph(t)}
		size := len(n.g.Items)
		draw := func(label string, least int) (text string, has func(int) bool) {
			var words []string
			var union [][]drawn
			for range rapid.IntRange(least, 3).Draw(t, label) {
				var criteria []drawn
				var parts []string
				for range rapid.IntRange(1, 2).Draw(t, "criteria") {
					c := drawCriterion(t, size)
					criteria, parts = append(criteria, c), append(parts, c.String())
				}
				union, words = append(union, criteria), append(words, strings.Join(parts, ","))
			}
			return strings.Join(words, " "), func(item int) bool {
				for _, criteria := range union {
					each := true
					for _, c := range criteria {
						each = each && n.has(c, item)
					}
					if each {
						return true
					}
				}
				return false
			}
		}
		include, included := draw("select", 1)
		exclude, excluded := draw("exclude", 0)
		var unwanted []*Expression
		if exclude != "" {
			unwanted = parse(t, "--exclude", exclude)
		}
		selected, _ := n.g.Select(parse(t, "--select", include), unwanted)
		for i := range size {
			if want := included(i) && !excluded(i); selected[i] != want {
				t.Fatalf("--select %q --exclude %q: n%d is %v, want %v", include, exclude, i, selected[i], want)
			}
		}
	})
}

// Whatever is given, it is parsed or refused with a place, and what is parsed
// can be evaluated.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a", "+a+", "2+a,tag:x b+1", "@tag:[!a-z]*", "path:./seeds/**/x?.csv", "state:modified+", "[", "[]", "[!]", "[]-]", "a,,b", "99999999999999999999+x", "\x00", "é+"} {
		f.Add(seed)
	}
	g := project()
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse("--select", text)
		if err != nil {
			if !strings.Contains(err.Error(), fmt.Sprintf("--select %q", text)) {
				t.Fatalf("%q: %v does not say where", text, err)
			}
			return
		}
		selected, _ := g.Select([]*Expression{e}, nil)
		for i, marked := range selected {
			if !marked || !g.Items[i].IsTest {
				continue
			}
			if unwanted, _ := g.Select(nil, []*Expression{e}); unwanted[i] {
				t.Fatalf("%q: item %d is selected and not excluded", text, i)
			}
		}
	})
}
