package goemit

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
)

// body compiles expressions into the body of a loop over rows. Columns are
// loaded once at its top, what is the same for every row is computed before the
// loop, and a subexpression becomes statements only where Go needs them.
type body struct {
	file   *file
	names  *namer
	column func(c *expr.Column) source // where a column is read
	fail   []jen.Code                  // what to do with err, after which the row is given up
	abort  []jen.Code                  // the same where err is met before the loop
	now    *jen.Statement              // the run's as-of time
	// noHoist keeps invariants inside the loop, for a place that has nothing before it.
	noHoist bool
	failed  func() // told that fail is used; may be nil

	loads   []*load
	loaded  map[[2]int]*load
	before  []jen.Code // statements before the loop
	block   []jen.Code // statements of the loop, after the loads
	hoisted map[string]nullable
	locals  []*local
	// computed are expressions whose values stand in variables already.
	computed map[expr.Node]nullable
}

// local is a variable that may turn out not to be needed, where what was
// compiled folds away ("x / y = null") or is asked for in part.
type local struct {
	name string
	own  []mention // in its own declaration and assignments
}

// mention is a piece of code that names a local, and what stands there without it.
type mention struct{ with, without *jen.Statement }

func newBody(f *file, names *namer, column func(*expr.Column) source, fail ...jen.Code) *body {
	return &body{file: f, names: names, column: column, fail: fail, loaded: map[[2]int]*load{}, hoisted: map[string]nullable{}}
}

// source is how one column is read at the current row.
type source struct {
	of    *jen.Statement // what Get, At and Valid are called on; of a method, the method
	at    jen.Code       // the row or id
	view  bool           // it has At and Valid beside Get
	call  bool           // `of` is itself the function: of(at)
	fails bool           // it gives (value, ok, error)
	name  string         // for the local variable
}

// load is one column read at the top of the loop.
type load struct {
	source
	v, ok string
}

func (b *body) emit(stmts ...jen.Code) { b.block = append(b.block, stmts...) }

// nested compiles into a block of its own and gives its statements.
func (b *body) nested(compile func()) []jen.Code {
	saved := b.block
	b.block = nil
	compile()
	inner := b.block
	b.block = saved
	return inner
}

// statements gives the loop's body: the loads, then what was compiled. What was
// asked for and then folded away ("x or true") is not loaded; beside are
// statements elsewhere that use what is loaded here.
func (b *body) statements(beside ...jen.Code) []jen.Code {
	all := slices.Concat(b.before, b.block, beside)
	for b.dropUnused(identifiers(all)) {
	}
	used := identifiers(all)
	var out []jen.Code
	for _, l := range b.loads {
		out = append(out, l.statements(b, used[l.v] > 0, used[l.ok] > 0)...)
	}
	for _, s := range b.block {
		if jen.Add(s).GoString() != "" {
			out = append(out, s)
		}
	}
	return out
}

// dropUnused takes out the locals that nothing but their own statements mentions,
// which Go refuses, and says whether there were any: others may have served them only.
func (b *body) dropUnused(used map[string]int) bool {
	known := len(b.locals)
	b.locals = slices.DeleteFunc(b.locals, func(l *local) bool {
		unused := used[l.name] == len(l.own)
		for _, m := range l.own {
			if unused {
				*m.with = *m.without
			}
		}
		return unused
	})
	return len(b.locals) < known
}

// identifiers counts the names in statements, but for those after a point.
func identifiers(statements []jen.Code) map[string]int {
	var s scanner.Scanner
	text := []byte(jen.Block(statements...).GoString())
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), text, nil, 0)
	names := map[string]int{}
	last := token.ILLEGAL
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return names
		}
		if tok == token.IDENT && last != token.PERIOD {
			names[lit]++
		}
		last = tok
	}
}

// local picks the name of a variable.
func (b *body) local(name string) *local {
	l := &local{name: b.names.pick(name)}
	b.locals = append(b.locals, l)
	return l
}

func (l *local) code() code { return operand(jen.Id(l.name)) }

// mention notes code that names the local once, and what stands there where
// the local is dropped.
func (l *local) mention(with, without *jen.Statement) *jen.Statement {
	l.own = append(l.own, mention{with, without})
	return with
}

// The statements that declare a local and assign to it. The values have no effects.

func (l *local) declare(t jen.Code) *jen.Statement {
	return l.mention(jen.Var().Id(l.name).Add(t), jen.Null())
}

func (l *local) define(value jen.Code) *jen.Statement {
	return l.mention(jen.Id(l.name).Op(":=").Add(value), jen.Null())
}

func (l *local) set(value jen.Code) *jen.Statement {
	return l.mention(jen.Id(l.name).Op("=").Add(value), jen.Null())
}

// read gives a column's value, loading it where it is used first.
func (b *body) read(c *expr.Column) nullable {
	l := b.load(c)
	v := operand(jen.Id(l.v))
	if !c.Nullable() {
		return present(v)
	}
	return nullable{v, operand(jen.Id(l.ok))}
}

// isPresent says whether a column is not null, without asking for its value.
func (b *body) isPresent(c *expr.Column) code {
	if !c.Nullable() {
		return boolean(true)
	}
	return operand(jen.Id(b.load(c).ok))
}

func (b *body) load(c *expr.Column) *load {
	key := [2]int{c.Input, c.Index}
	l, ok := b.loaded[key]
	if !ok {
		src := b.column(c)
		name := b.names.pick(unexported(src.name))
		l = &load{source: src, v: name, ok: b.names.pick(name + "OK")}
		b.loaded[key] = l
		b.loads = append(b.loads, l)
	}
	return l
}

// statements of a load: v, ok := in.Email.Get(i).
func (l *load) statements(b *body, usesV, usesOK bool) []jen.Code {
	read := func(method string) *jen.Statement {
		if l.call {
			return l.of.Clone().Call(l.at)
		}
		return l.of.Clone().Dot(method).Call(l.at)
	}
	v, ok := orBlank(l.v, usesV), orBlank(l.ok, usesOK)
	switch {
	case !usesV && !usesOK:
		return nil
	case l.fails:
		return append([]jen.Code{jen.List(v, ok, jen.Err()).Op(":=").Add(read("Get"))}, b.onError()...)
	case l.view && !usesOK:
		return []jen.Code{v.Op(":=").Add(read("At"))}
	case l.view && !usesV:
		return []jen.Code{ok.Op(":=").Add(read("Valid"))}
	}
	return []jen.Code{jen.List(v, ok).Op(":=").Add(read("Get"))}
}

func orBlank(name string, used bool) *jen.Statement {
	if used {
		return jen.Id(name)
	}
	return jen.Id("_")
}

// onError is the statement that gives a row up where err is not nil.
func (b *body) onError() []jen.Code {
	return []jen.Code{jen.If(jen.Err().Op("!=").Nil()).Block(b.giveUp()...)}
}

// giveUp is what to do with an error.
func (b *body) giveUp() []jen.Code {
	if b.failed != nil {
		b.failed()
	}
	return b.fail
}

// bind gives a compiled expression a name, so that it is computed once.
func (b *body) bind(c code, name string) code {
	if c.prec == precOperand && isName(c) {
		return c
	}
	v := b.local(name)
	b.emit(v.define(c.copy()))
	return v.code()
}

// isName says whether an expression is a plain name or constant.
func isName(c code) bool {
	text := c.s.GoString()
	return !strings.ContainsAny(text, "(.[{ ")
}

// invariant says whether an expression gives the same value for every row and
// is worth computing once. One of literals alone that can fail is not: it may
// stand behind a condition that is never true. Of now() the only failure is a
// time out of range, which may be met early.
func invariant(n expr.Node) bool {
	_, isCall := n.(*expr.Call)
	same, now := isCall, false
	expr.Walk(n, func(x expr.Node) bool {
		switch x.(type) {
		case *expr.Column, *expr.Aggregate:
			same = false
		case *expr.Now:
			now = true
		}
		return same
	})
	return same && (now || !mayFail(n))
}

// hoist compiles an invariant before the loop.
func (b *body) hoist(n expr.Node) nullable {
	key := expr.SQL(n)
	if known, ok := b.hoisted[key]; ok {
		return known
	}
	savedBlock, savedFail := b.block, b.fail
	b.block = nil
	b.fail = b.abort
	v := b.call(n.(*expr.Call))
	if !v.ok.isFalse() {
		v.v = b.bind(v.v, hoistedName(n))
	}
	b.before = append(b.before, b.block...)
	b.block, b.fail = savedBlock, savedFail
	b.hoisted[key] = v
	return v
}

// hoistedName names what is the same for every row by what it is computed from.
func hoistedName(n expr.Node) string {
	name := "constant"
	expr.Walk(n, func(x expr.Node) bool {
		if _, ok := x.(*expr.Now); ok {
			name = "since"
		}
		return true
	})
	return name
}
