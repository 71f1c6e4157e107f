package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
)

// keys is a table of keys in generated code: dense ids in order of appearance.
// One integer, date or timestamp, or one text, is a key by itself; anything
// else is encoded to bytes first.
type keys struct {
	owner string // the receiver or variable that holds the table
	name  string // of its field; encoded keys are written into the field <name>Key
	nodes []expr.Node
	into  *jen.Statement // the buffer of encoded keys, where it is another
	asked bool           // which key an id stands for
}

func (k keys) table() *jen.Statement { return jen.Id(k.owner).Dot(k.name) }

func (k keys) buffer() *jen.Statement {
	if k.into != nil {
		return k.into.Clone()
	}
	return jen.Id(k.owner).Dot(k.name + "Key")
}

func (k keys) isInt() bool {
	if len(k.nodes) != 1 {
		return false
	}
	switch k.nodes[0].Type().Kind {
	case expr.Int64, expr.Date, expr.Timestamp, expr.TimestampTZ:
		return true
	}
	return false
}

func (k keys) isText() bool { return len(k.nodes) == 1 && k.nodes[0].Type().Kind == expr.String }

func (k keys) encoded() bool { return !k.isInt() && !k.isText() }

// members are the struct's fields: the table, and the buffer of encoded keys.
func (k keys) members() []jen.Code {
	if k.isInt() {
		return []jen.Code{jen.Id(k.name).Op("*").Add(ops("IntKeys")).Types(goType(k.nodes[0].Type()))}
	}
	table := jen.Id(k.name).Op("*").Add(ops("StringKeys"))
	if k.isText() {
		return []jen.Code{table}
	}
	return []jen.Code{table, jen.Id(k.name + "Key").Index().Byte()}
}

// setup makes the table, as an element of the struct's literal.
func (k keys) setup() []jen.Code {
	if k.isInt() {
		table := "NewIntIndex"
		if k.asked {
			table = "NewIntKeys"
		}
		return []jen.Code{jen.Id(k.name).Op(":").Add(ops(table)).Types(goType(k.nodes[0].Type())).Call()}
	}
	return []jen.Code{jen.Id(k.name).Op(":").Add(ops("NewStringKeys")).Call()}
}

// assign writes the lookup of the current row's key, giving it an id where it
// is new. A null is a key like any other, or the row is passed over. then is
// given the statements that declare id and isNew ("_" where not needed) and adds
// to them; the result stands in a block of its own.
func (k keys) assign(b *body, nulls bool, id, isNew string, then func([]jen.Code) []jen.Code) []jen.Code {
	lookup, ok := k.lookupCode(b, nulls, id, isNew)
	if ok.isTrue() {
		return []jen.Code{jen.Block(then(lookup)...)}
	}
	return []jen.Code{jen.If(ok.copy()).Block(then(lookup)...)}
}

// lookup is assign in a loop that does nothing else: the id is declared for the
// rest of the loop, and a row that is passed over goes on to the next.
func (k keys) lookup(b *body, nulls bool, id, isNew string) []jen.Code {
	lookup, ok := k.lookupCode(b, nulls, id, isNew)
	if ok.isTrue() {
		return lookup
	}
	return append([]jen.Code{jen.If(not(ok).copy()).Block(jen.Continue())}, lookup...)
}

// enter writes the lookup where nothing depends on the id.
func (k keys) enter(b *body) []jen.Code {
	values, ok := k.values(b)
	lookup := []jen.Code{k.table().Dot("Assign").Call(values[0].v.copy())}
	if k.encoded() {
		lookup = append(k.encode(values), k.table().Dot("AssignBytes").Call(k.buffer()))
	}
	if ok.isTrue() {
		return lookup
	}
	return []jen.Code{jen.If(ok.copy()).Block(lookup...)}
}

// lookupCode gives the statements that declare id and isNew, and when they may run.
func (k keys) lookupCode(b *body, nulls bool, id, isNew string) ([]jen.Code, code) {
	values, ok := k.values(b)
	declared := jen.List(jen.Id(id), jen.Id(isNew)).Op(":=")
	optional := nulls && !ok.isTrue()
	if nulls {
		ok = boolean(true)
	}
	switch {
	case k.encoded():
		return append(k.encode(values), declared.Add(k.table().Dot("AssignBytes").Call(k.buffer()))), ok
	case optional:
		return []jen.Code{declared.Add(k.table().Dot("AssignOption").Call(values[0].v.copy(), values[0].ok.copy()))}, ok
	}
	return []jen.Code{declared.Add(k.table().Dot("Assign").Call(values[0].v.copy()))}, ok
}

// repeatMembers and repeatSetup are members and setup of what counts how often
// each key comes.

func (k keys) repeatMembers() []jen.Code {
	if k.isInt() {
		return []jen.Code{jen.Id(k.name).Op("*").Add(ops("IntRepeats")).Types(goType(k.nodes[0].Type()))}
	}
	table := jen.Id(k.name).Op("*").Add(ops("StringRepeats"))
	if k.isText() {
		return []jen.Code{table}
	}
	return []jen.Code{table, jen.Id(k.name + "Key").Index().Byte()}
}

func (k keys) repeatSetup() []jen.Code {
	if k.isInt() {
		return []jen.Code{jen.Id(k.name).Op(":").Add(ops("NewIntRepeats")).Types(goType(k.nodes[0].Type())).Call()}
	}
	return []jen.Code{jen.Id(k.name).Op(":").Add(ops("NewStringRepeats")).Call()}
}

// addEncoded encodes the current row's key for what counts them, and says when
// it may be added.
func (k keys) addEncoded(b *body, nulls bool) (ok code, encode []jen.Code) {
	values, ok := k.values(b)
	if nulls {
		ok = boolean(true)
	}
	return ok, k.encode(values)
}

// column is the one column of the base input that the key is, where lookups of
// many rows at once can be prepared; ok is false for any other key.
func (k keys) column() (index int, ok bool) {
	if !k.isInt() && !k.isText() {
		return 0, false
	}
	if c, bare := k.nodes[0].(*expr.Column); bare && c.Input == 0 {
		return c.Index, true
	}
	return 0, false
}

// touch writes what prepares the lookups of the next rows, at the top of a loop
// over row i:
//
//	if i%arrowops.TouchRows == 0 {
//		kept.keys.Touch(m.in.UserID, i)
//	}
func (k keys) touch(view *jen.Statement, names []string) []jen.Code {
	c, ok := k.column()
	if !ok {
		return nil
	}
	return []jen.Code{jen.If(jen.Id("i").Op("%").Add(ops("TouchRows")).Op("==").Lit(0)).Block(
		k.table().Dot("Touch").Call(view.Clone().Dot(names[c]), jen.Id("i")))}
}

// find writes the lookup of the current row's key into id, -1 where it is not
// there or null.
func (k keys) find(b *body) []jen.Code {
	values, ok := k.values(b)
	assign := "="
	if ok.isTrue() {
		assign = ":="
	}
	id := jen.Id("id").Op(assign)
	var lookup []jen.Code
	if k.encoded() {
		lookup = append(k.encode(values), id.Add(k.table().Dot("FindBytes").Call(k.buffer())))
	} else {
		lookup = []jen.Code{id.Add(k.table().Dot("Find").Call(values[0].v.copy()))}
	}
	if ok.isTrue() {
		return lookup
	}
	return []jen.Code{jen.Id("id").Op(":=").Lit(-1), jen.If(ok.copy()).Block(lookup...)}
}

// values compiles the key's expressions; ok says that none is null.
func (k keys) values(b *body) (values []nullable, ok code) {
	ok = boolean(true)
	for _, n := range k.nodes {
		v := b.value(n)
		values = append(values, v)
		ok = and(ok, v.ok)
	}
	return values, ok
}

// encode writes the key into the buffer:
//
//	m.groupsKey = arrowops.AppendKeyInt64(m.groupsKey[:0], customerID, customerIDOK)
func (k keys) encode(values []nullable) []jen.Code {
	var out []jen.Code
	for i, v := range values {
		into := k.buffer()
		if i == 0 {
			into = into.Index(jen.Op(":").Lit(0))
		}
		arg, t := v.v.copy(), k.nodes[i].Type()
		function := "AppendKey" + typeName(t)
		switch t.Kind {
		case expr.Date, expr.Timestamp, expr.TimestampTZ:
			function, arg = "AppendKeyInt64", jen.Int64().Call(arg)
		}
		out = append(out, k.buffer().Op("=").Add(ops(function)).Call(into, arg, v.ok.copy()))
	}
	return out
}
