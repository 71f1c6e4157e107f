package expr

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	pg "github.com/pganalyze/pg_query_go/v6"
	pgquery "github.com/wasilibs/go-pgquery"
	"github.com/wasilibs/go-pgquery/parser"
)

const (
	selectPrefix = "SELECT "
	orderPrefix  = "SELECT 1 ORDER BY "
)

const (
	// maxBytes and maxTokens keep PostgreSQL's parser, which recurses, inside
	// the stack it has: it stands 4,000 levels, and one that overran its stack
	// cannot be used again.
	maxBytes  = 64 << 10
	maxTokens = 2000
	// maxDepth is how deep an expression may nest.
	maxDepth = 250
)

const splitHelp = "split it: compute parts of it as columns of an earlier model"

// parse reads prefix+src as one SELECT statement. The parser takes about a
// second to start, once, at the first call.
func parse(prefix, src string) (*pg.SelectStmt, *Problem) {
	switch {
	case strings.TrimSpace(src) == "":
		return nil, &Problem{Code: NotOneExpression, Message: "the expression is empty"}
	case !utf8.ValidString(src):
		return nil, &Problem{Code: BadSyntax, Message: "the expression is not UTF-8"}
	case strings.ContainsRune(src, 0):
		return nil, &Problem{Offset: strings.IndexByte(src, 0), Code: BadSyntax, Message: "the expression has a NUL character in it"}
	case len(src) > maxBytes || tokens(src) > maxTokens:
		return nil, &Problem{Code: TooDeep, Message: "the expression is too long", Help: splitHelp}
	}
	tree, err := pgquery.Parse(prefix + src)
	if err != nil {
		return nil, syntaxProblem(err, prefix, src)
	}
	stmt := tree.GetStmts()[0].GetStmt().GetSelectStmt()
	if len(tree.GetStmts()) > 1 {
		return nil, &Problem{Offset: afterSemicolon(tree, prefix, src), Code: NotOneExpression,
			Message: "another statement follows the expression", Help: "remove the semicolon and what follows it"}
	}
	return stmt, nil
}

// tokens counts what could nest: words and operators, but not the items of a list.
func tokens(src string) int {
	n := 0
	inWord := false
	for _, r := range src {
		word := r == '_' || r == '$' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf ||
			inWord && r >= '0' && r <= '9'
		if word && !inWord || strings.ContainsRune("([+-*/<>=~!@#%^&|`?:", r) {
			n++
		}
		inWord = word
	}
	return n
}

// syntaxProblem places an error of the parser, which counts characters from 1.
func syntaxProblem(err error, prefix, src string) *Problem {
	p := &Problem{Code: BadSyntax, Message: shorten(err.Error())}
	var at *parser.Error
	if !errors.As(err, &at) {
		return p
	}
	characters := at.Cursorpos - 1 - len(prefix)
	for i := range src {
		if characters <= 0 {
			break
		}
		p.Offset = i + 1
		characters--
	}
	for p.Offset < len(src) && !utf8.RuneStart(src[p.Offset]) {
		p.Offset++
	}
	return p
}

// shorten keeps a message that quotes the text readable.
func shorten(message string) string {
	const limit = 160
	if len(message) <= limit {
		return message
	}
	return strings.ToValidUTF8(message[:limit], "") + "..."
}

func afterSemicolon(tree *pg.ParseResult, prefix, src string) int {
	return clampOffset(int(tree.GetStmts()[0].GetStmtLen())-len(prefix), src)
}

// target is the one expression of the statement, or a problem: everything else
// that a SELECT can have is refused by name.
func target(stmt *pg.SelectStmt, src string) (*pg.Node, *Problem) {
	refuse := func(what, help string) (*pg.Node, *Problem) {
		return nil, &Problem{Offset: firstWord(src, what), Code: NotOneExpression,
			Message: fmt.Sprintf("%s does not belong in an expression", what), Help: help}
	}
	if clause := clauseOf(stmt); clause != "" {
		return refuse(clause, "an expression stands alone, without the clauses of a SELECT")
	}
	if len(stmt.GetSortClause()) > 0 {
		return refuse("ORDER BY", "an expression stands alone, without the clauses of a SELECT")
	}
	targets := stmt.GetTargetList()
	switch {
	case len(targets) == 0:
		return nil, &Problem{Code: NotOneExpression, Message: "there is no expression, only a comment"}
	case len(targets) > 1:
		return nil, &Problem{Offset: clampOffset(int(targets[1].GetResTarget().GetLocation())-len(selectPrefix), src),
			Code: NotOneExpression, Message: "a second expression follows the first",
			Help: "give each column an expression of its own"}
	}
	t := targets[0].GetResTarget()
	if t.GetName() != "" {
		return nil, &Problem{Offset: clampOffset(int(t.GetLocation())-len(selectPrefix), src), Code: NotOneExpression,
			Message: fmt.Sprintf("the alias %q does not belong in an expression", t.GetName()),
			Help:    "the column's name is declared beside its expression"}
	}
	return t.GetVal(), nil
}

// clauseOf names the first clause, beside the targets and an ordering, that
// the statement has.
func clauseOf(stmt *pg.SelectStmt) string {
	for _, clause := range []struct {
		there bool
		name  string
	}{
		{stmt.GetOp() != pg.SetOperation_SETOP_NONE, setOperation(stmt.GetOp())},
		{len(stmt.GetDistinctClause()) > 0, "DISTINCT"},
		{stmt.GetIntoClause() != nil, "INTO"},
		{len(stmt.GetFromClause()) > 0, "FROM"},
		{stmt.GetWhereClause() != nil, "WHERE"},
		{len(stmt.GetGroupClause()) > 0, "GROUP BY"},
		{stmt.GetHavingClause() != nil, "HAVING"},
		{len(stmt.GetWindowClause()) > 0, "WINDOW"},
		{stmt.GetLimitCount() != nil, "LIMIT"},
		{stmt.GetLimitOffset() != nil, "OFFSET"},
		{len(stmt.GetLockingClause()) > 0, "FOR"},
		{stmt.GetWithClause() != nil, "WITH"},
		{len(stmt.GetValuesLists()) > 0, "VALUES"},
	} {
		if clause.there {
			return clause.name
		}
	}
	return ""
}

func setOperation(op pg.SetOperation) string {
	return strings.TrimPrefix(op.String(), "SETOP_")
}

// firstWord places a clause, whose nodes the parser does not place: its first
// keyword in the text, or the start.
func firstWord(src, clause string) int {
	word, _, _ := strings.Cut(clause, " ")
	lower, word := strings.ToLower(src), strings.ToLower(word)
	if len(lower) != len(src) {
		return 0
	}
	for from := 0; ; {
		i := strings.Index(lower[from:], word)
		if i < 0 {
			return 0
		}
		at := from + i
		end := at + len(word)
		if (at == 0 || !wordByte(lower[at-1])) && (end == len(lower) || !wordByte(lower[end])) {
			return at
		}
		from = end
	}
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= utf8.RuneSelf
}

func clampOffset(offset int, src string) int { return max(0, min(offset, len(src))) }
