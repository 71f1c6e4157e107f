package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
	"martlet/internal/explain"
	"martlet/internal/report"
)

// losers are the rows of the base that were not kept, as those of kept were.
func (x *explainer) losers(s *rowSet, kept []row) (lost []explain.Loser, count int, err error) {
	key := s.node.model.Dedupe.Key
	for _, winner := range kept {
		for _, other := range s.inputs[0].with(key, winner.values(key)) {
			if other == winner {
				continue
			}
			if count++; len(lost) == shownGiven {
				continue
			}
			shown, err := x.row(other, s.node.ordered(), false)
			if err != nil {
				return nil, 0, err
			}
			lost = append(lost, explain.Loser{Row: shown, Reason: x.whyLost(s.node, winner, other)})
		}
	}
	return lost, count, nil
}

// ordered are the columns of the base that a model's dedupe goes by.
func (n *node) ordered() []string {
	columns := slices.Clone(n.model.Dedupe.Key)
	for _, term := range n.model.Dedupe.Order {
		for _, c := range term.Reads {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
		}
	}
	return columns
}

// whyLost says by which term of the order one row comes before another of its key.
func (x *explainer) whyLost(n *node, winner, loser row) string {
	order := n.model.Dedupe.Order
	for _, term := range order {
		switch decide(term, winner, loser) {
		case same:
		case open:
			return fmt.Sprintf("by %s; it has %s, the row that is kept %s", described(term), x.pairsOf(loser, term.Reads), x.pairsOf(winner, term.Reads))
		default:
			return x.difference(term.Reads[0], term.Desc, winner, loser)
		}
	}
	if len(order) == 0 {
		return "the later row is kept"
	}
	terms := make([]string, len(order))
	for i, term := range order {
		terms[i] = term.Expr
	}
	return fmt.Sprintf("%s: the same in both, and of equals the later row is kept", strings.Join(terms, ", "))
}

func described(term contract.Term) string {
	if term.Desc {
		return term.Expr + " desc"
	}
	return term.Expr
}

func (x *explainer) pairsOf(r row, columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c + " " + shownText(x.value(r, c))
	}
	return strings.Join(parts, ", ")
}

func shownText(v explain.Scalar) string {
	if v.Null {
		return "null"
	}
	return report.Printable(v.Text)
}

// difference says in which way a value puts one row behind another.
func (x *explainer) difference(column string, desc bool, winner, loser row) string {
	won, lost := x.value(winner, column), x.value(loser, column)
	if lost.Null {
		return fmt.Sprintf("%s is null, which comes last; the row that is kept has %s", column, shownText(won))
	}
	words := [2]string{"is less than", "is greater than"}
	switch winner.node().Schema.Field(winner.node().at(column)).Type.(type) {
	case *arrow.TimestampType, *arrow.Date32Type:
		words = [2]string{"is earlier than", "is later than"}
	case *arrow.StringType:
		words = [2]string{"comes before", "comes after"}
	}
	word := words[1]
	if desc {
		word = words[0]
	}
	return fmt.Sprintf("%s %s %s %s", column, shownText(lost), word, shownText(won))
}
