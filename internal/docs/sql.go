package docs

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is a piece of SQL. Its Class says how it is shown: keyword, function, string,
// number, name (in quotes), comment, or "" for what is shown plain. The texts of all tokens are the
// SQL, to the byte.
type Token struct{ Class, Text string }

// keywords are those that the generator writes.
var keywords = map[string]bool{}

func init() {
	for _, word := range strings.Fields(`all and any as asc between by case cast create cross current_timestamp date desc distinct
		else end except exclude exists false filter first following from full group having in inner interval is join last
		lateral left like limit not null nulls on or order outer over partition preceding qualify range replace right row rows
		select similar then time timestamp timestamptz to true try_cast unbounded union using values view when where window with zone at`) {
		keywords[word] = true
	}
}

// tokens cuts SQL. Of what it does not know it makes plain text.
func tokens(sql string) []Token {
	var all []Token
	for len(sql) > 0 {
		class, n := next(sql)
		if last := len(all) - 1; class == "" && last >= 0 && all[last].Class == "" {
			all[last].Text += sql[:n]
		} else {
			all = append(all, Token{class, sql[:n]})
		}
		sql = sql[n:]
	}
	return all
}

// next is the class and the length of the first token.
func next(sql string) (class string, n int) {
	first, size := utf8.DecodeRuneInString(sql)
	switch {
	case strings.HasPrefix(sql, "--"):
		return "comment", lineEnd(sql)
	case first == '\'':
		return "string", quoted(sql, '\'')
	case first == '"':
		return "name", quoted(sql, '"')
	case first >= '0' && first <= '9':
		return "number", numberEnd(sql)
	case first == '_' || unicode.IsLetter(first):
		n := wordEnd(sql)
		return wordClass(sql[:n], sql[n:]), n
	}
	return "", size
}

func lineEnd(sql string) int {
	if n := strings.IndexByte(sql, '\n'); n >= 0 {
		return n
	}
	return len(sql)
}

// quoted is the length of what stands in quotes; two of them are one inside.
func quoted(sql string, quote byte) int {
	for i := 1; i < len(sql); i++ {
		if sql[i] != quote {
			continue
		}
		if i+1 == len(sql) || sql[i+1] != quote {
			return i + 1
		}
		i++
	}
	return len(sql)
}

func numberEnd(sql string) int {
	n := strings.IndexFunc(sql, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if n < 0 {
		return len(sql)
	}
	return n
}

func wordEnd(sql string) int {
	n := strings.IndexFunc(sql, func(r rune) bool { return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if n < 0 {
		return len(sql)
	}
	return n
}

// wordClass tells keywords, functions, which a parenthesis follows, and names apart.
func wordClass(word, rest string) string {
	switch {
	case keywords[strings.ToLower(word)]:
		return "keyword"
	case strings.HasPrefix(rest, "("):
		return "function"
	}
	return ""
}
