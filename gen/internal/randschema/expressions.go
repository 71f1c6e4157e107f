package randschema

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// column is a column that random SQL may read: how it is written there, its
// kind, and its type in full where that is known.
type column struct{ name, sql, kind, typ string }

// grammar writes random expressions, valid by construction, over some columns.
type grammar struct {
	*rand.Rand
	columns  []column
	total    bool // only such as have a value on every row
	timeless bool // and only such as do not call now()
}

var kinds = []string{"bool", "int64", "float64", "decimal", "string", "date", "timestamp", "timestamptz"}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// ways are those that a table has to make something of a kind.
func (g *grammar) ways(of table, kind string) []string {
	if g.total {
		return g.always(of, kind)
	}
	return slices.Concat(of.total[kind], of.partial[kind])
}

// always are those that give a value on every row.
func (g *grammar) always(of table, kind string) []string {
	if !g.timeless {
		return of.total[kind]
	}
	return slices.DeleteFunc(slices.Clone(of.total[kind]), func(way string) bool { return strings.Contains(way, "now()") })
}

// of gives an expression of a kind.
func (g *grammar) of(kind string, depth int) string {
	if depth == 0 || g.IntN(4) == 0 {
		return g.leaf(kind)
	}
	return "(" + g.fill(pick(g.Rand, g.ways(productions, kind)), depth-1) + ")"
}

func (g *grammar) leaf(kind string) string {
	var fitting []string
	for _, c := range g.columns {
		if c.kind == kind {
			fitting = append(fitting, c.sql)
		}
	}
	if len(fitting) == 0 || g.IntN(8) == 0 {
		return pick(g.Rand, g.ways(leaves, kind))
	}
	return pick(g.Rand, fitting)
}

// fill replaces the words of a production.
func (g *grammar) fill(production string, depth int) string {
	same := pick(g.Rand, kinds)
	var out strings.Builder
	for i := 0; i < len(production); {
		word := production[i : i+wordLength(production[i:])]
		switch _, isKind := productions.total[word]; {
		case word == "":
			out.WriteByte(production[i])
			i++
			continue
		case strings.HasSuffix(production[:i], "::"):
			out.WriteString(word)
		case isKind:
			out.WriteString(g.of(word, depth))
		case word == "x" || word == "y":
			out.WriteString(g.of(same, depth))
		default:
			out.WriteString(word)
		}
		i += len(word)
	}
	return out.String()
}

// wordLength is the length of the word that text in SQL begins with, quoted text included.
func wordLength(text string) int {
	if text[0] == '\'' {
		return strings.IndexByte(text[1:], '\'') + 2
	}
	n := 0
	for n < len(text) && (text[n] == '_' || text[n] >= '0' && text[n] <= '9' || text[n] >= 'a' && text[n] <= 'z') {
		n++
	}
	return n
}

// aggregate gives an expression over groups: an aggregate, or what is computed of it.
func (g *grammar) aggregate(kind string) string {
	a := g.fill(pick(g.Rand, g.ways(aggregates, kind)), 1)
	switch g.IntN(4) {
	case 0:
		return fmt.Sprintf("coalesce(%s, %s)", a, pick(g.Rand, g.ways(leaves, kind)))
	case 1:
		return fmt.Sprintf("case when count(*) > 1 then %s end", a)
	case 2:
		if kind == "int64" && !g.total {
			return fmt.Sprintf("%s * 100 / count(*)", a)
		}
	}
	return a
}
