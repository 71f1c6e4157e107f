package goemit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// joinPart is one join of a model in Go: a struct that holds, under the id of
// each key, either the joined row or the aggregates of its rows.
type joinPart struct {
	*plan.Join
	index   int
	name    string // Closures
	field   string // closures
	typ     string // martJoinClosures
	view    string // of the input
	views   []string
	fold    *foldPart      // nil where the input is unique on the key
	columns []int          // of the input that are kept
	members map[int]string // their stores
	outputs map[int]string // methods of the model for outputs that are more than one aggregate
	// byBase are the joined columns that match the key of dedupe, in its order:
	// what is joined stands under the ids of the kept rows, and is not looked up
	// again. Empty where it has keys of its own.
	byBase []int
	// looks are the fields of a stage by which it looks at those of such columns that
	// are of fixed width, as they stand beside the kept rows.
	looks  map[int]string
	probed bool // whether there are columns for which the id of each row has to be known
}

// prepareJoins names the joins whose columns are used. The others change
// nothing, a left join on a unique key being what it is, and are left out.
func (m *modelFile) prepareJoins() {
	names, fieldNames := m.joinNames()
	for i, j := range m.model.Joins {
		var used []int
		for c := range j.Columns {
			if m.uses[[2]int{i + 1, c}] {
				used = append(used, c)
			}
		}
		if len(used) == 0 {
			m.joins = append(m.joins, nil)
			continue
		}
		field := fieldNames.pickAll(unexported(j.Name), func(name string) []string { return []string{name, name + "IDs", name + "Key"} })
		p := &joinPart{
			Join: j, index: i, name: names[i], field: field,
			typ:  m.types.pick(unexported(m.name) + "Join" + names[i]),
			view: m.names[j.Input] + "View", views: fields(j.Input),
			members: map[int]string{}, outputs: map[int]string{},
		}
		names := newNamer("keys", "keysKey", "matched", "ids", "rows", "picked")
		if j.Fold != nil {
			p.fold = m.newFold(p.typ, j.Fold, aggregateNames(j))
			for _, c := range used {
				if p.isOutput(c) {
					p.outputs[c] = fieldNames.pick(field + exported(j.Columns[c].Name))
				}
			}
		} else {
			p.columns = used
			for _, c := range used {
				p.members[c] = names.pick(unexported(j.Columns[c].Name))
			}
		}
		p.byBase = m.byBase(p)
		m.joins = append(m.joins, p)
		m.prepareLooks(p, used, fieldNames)
	}
}

// joinNames gives each join its name in methods, and the names that are taken
// for the members of the transformation: its methods and the fields without joins.
func (m *modelFile) joinNames() ([]string, *namer) {
	members := newNamer("env", "out", "in", "origins", "rows", "kept", "groups", "fold", "began", "again", "ids", "first", "record", "filtered", "folded",
		"newStage", "dedupe", "process", "compute", "filter", "group", "wins", "fail", "failGroup")
	for _, t := range m.computed() {
		members.pick(orderField(t))
		members.pick("compute" + exported(orderField(t)))
	}
	for _, name := range fields(m.relation) {
		members.pick("append" + name)
	}
	names, used := make([]string, len(m.model.Joins)), newNamer()
	for i, j := range m.model.Joins {
		names[i] = used.pick(exported(j.Name))
		members.pick("add" + names[i])
		members.pick("probe" + names[i])
	}
	return names, members
}

// aggregateNames names a join's aggregates by the columns that are just them.
func aggregateNames(j *plan.Join) map[int]string {
	names := map[int]string{}
	for i, n := range j.Fold.Outputs {
		if c, ok := n.(*expr.Column); ok && c.Input == plan.GroupAggregate && names[c.Index] == "" {
			names[c.Index] = j.Columns[i].Name
		}
	}
	return names
}

// isOutput says whether a column of the join needs a method of its own.
func (j *joinPart) isOutput(column int) bool {
	c, bare := j.Fold.Outputs[column].(*expr.Column)
	return !bare || c.Input != plan.GroupAggregate
}

// rightKeys is the table of the join's keys, over the joined input.
func (j *joinPart) rightKeys(owner string) keys {
	nodes := make([]expr.Node, len(j.Right))
	for i, k := range j.Right {
		c := j.Input.Columns[k]
		nodes[i] = expr.NewColumn(0, k, c.Name, c.Type, c.Nullable, 0)
	}
	return keys{owner: owner, name: "keys", nodes: nodes}
}

// leftKeys is the same table, asked for the keys of the rows at hand of a stage,
// which has a buffer of its own to encode them.
func (j *joinPart) leftKeys() keys {
	nodes := make([]expr.Node, len(j.Left))
	for i, l := range j.Left {
		nodes[i] = l
	}
	return keys{owner: "m." + j.field, name: "keys", nodes: nodes, into: jen.Id("m").Dot(j.field + "Key")}
}

func (j *joinPart) setup() []jen.Code {
	var out []jen.Code
	if len(j.byBase) == 0 {
		out = j.rightKeys("").setup()
	}
	if j.fold != nil {
		out = append(out, j.fold.setup()...)
	}
	return out
}

// keyMembers are the members of the struct that find what is joined.
func (m *modelFile) keyMembers(j *joinPart) []jen.Code {
	if len(j.byBase) == 0 {
		return j.rightKeys("").members()
	}
	var members []jen.Code
	if j.marks() {
		members = append(members, jen.Id("matched").Add(ops("Marks")).Comment("the kept rows with a match"))
	}
	if _, ok := m.foundAtOnce(j); ok {
		members = append(members, jen.List(jen.Id("rows"), jen.Id("ids")).Index().Int().Comment("of the batch at hand, and the kept rows they match, or -1"))
		if j.fold != nil {
			members = append(members, jen.Id("picked").Index().Int().Comment("rows that an aggregate counts"))
		}
	}
	return members
}

// source says where a column of the join is read, for the row whose id is at.
func (j *joinPart) source(c *expr.Column, owner *jen.Statement, at jen.Code) source {
	name := j.Columns[c.Index].Name
	switch {
	case j.fold == nil:
		return source{of: owner.Dot(j.members[c.Index]), at: at, name: name}
	case j.outputs[c.Index] != "":
		return source{of: jen.Id("m").Dot(j.outputs[c.Index]), at: at, call: true, fails: j.fold.fails(j.Fold.Outputs[c.Index]), name: name}
	}
	src := j.fold.source(j.Fold.Outputs[c.Index].(*expr.Column), owner, at)
	src.name = name
	return src
}

// joinMethod writes contract.Transform's Join.
func (m *modelFile) joinMethod() {
	var cases []jen.Code
	for _, j := range m.joins {
		if j != nil {
			cases = append(cases, jen.Case(jen.Lit(j.index)).Block(
				jen.Id("m").Dot("add"+j.name).Call(jen.Id("View"+strings.TrimSuffix(j.view, "View")).Call(jen.Id("b").Dot("Record")), jen.Id("b").Dot("Origins"))))
		}
	}
	if len(cases) == 0 {
		return
	}
	m.method(m.typ, "Join", "implements contract.Transform.").Params(jen.Id("join").Int(), jen.Id("b").Add(contract("Batch"))).Error().Block(jen.Switch(jen.Id("join")).Block(cases...), jen.Return(jen.Nil()))
}

// join writes a join: its struct, how its input is added, how rows are probed.
func (m *modelFile) join(j *joinPart) {
	if j.fold != nil {
		m.foldStruct(j.fold, j.typ+" folds "+j.Input.Name+" to one row for each "+strings.Join(j.Input.Names(j.Right), ", ")+".", m.keyMembers(j))
		m.joinOutputs(j)
	} else {
		m.joinStruct(j)
	}
	m.addJoin(j)
	m.probe(j)
}

func (m *modelFile) joinStruct(j *joinPart) {
	m.out.Line()
	doc(m.out, j.typ+" holds the columns of "+j.Input.Name+" that are joined, by "+strings.Join(j.Input.Names(j.Right), ", ")+".", "")
	m.out.Type().Id(j.typ).StructFunc(func(g *jen.Group) {
		for _, member := range m.keyMembers(j) {
			g.Add(member)
		}
		for _, c := range j.columns {
			g.Id(j.members[c]).Add(storeType(j.Columns[c].Type))
		}
	})
}

// addJoin writes the loop over a batch of the joined input:
//
//	func (m *MartModel) addCountry(in CountryView, origins []contract.Origin) {
//		country := &m.country
//		for i := range origins {
//			countryCode, countryCodeOK := in.CountryCode.Get(i)
//			if !countryCodeOK {
//				continue
//			}
//			id, isNew := country.keys.Assign(countryCode)
//			...
//		}
//	}
func (m *modelFile) addJoin(j *joinPart) {
	m.method(m.typ, "add"+j.name, "adds a batch of "+j.Input.Name+". A null key joins nothing.").
		Params(jen.Id("in").Id(j.view), jen.Id("origins").Index().Add(contract("Origin"))).
		BlockFunc(func(g *jen.Group) {
			g.Id("joined").Op(":=").Op("&").Id("m").Dot(j.field)
			if at, ok := m.foundAtOnce(j); ok {
				m.addAtOnce(g, j, at)
				return
			}
			m.addEach(g, j)
		})
}

// addEach writes that loop.
func (m *modelFile) addEach(g *jen.Group, j *joinPart) {
	b, table := m.joinBody(j), j.rightKeys("joined")
	switch {
	case len(j.byBase) > 0:
		m.addByBase(j, b)
	case j.fold != nil && j.fold.id() == "_":
		b.emit(table.enter(b)...)
	case j.fold != nil:
		b.emit(table.lookup(b, false, "id", j.fold.isNew())...)
		m.fold(b, j.fold, "joined", nil)
	default:
		b.emit(table.lookup(b, false, "id", "isNew")...)
		b.emit(jen.If(jen.Id("isNew")).Block(b.nested(func() { j.set(b) })...))
	}
	if j.fold != nil && j.fold.scratch {
		g.Var().Id("scratch").Index().Byte()
	}
	var touch []jen.Code
	switch {
	case len(j.byBase) == 0:
		touch = table.touch(jen.Id("in"), j.views)
	case m.baseKeys(j).encoded():
		g.Add(jen.Var().Id("key").Index().Byte())
	}
	g.For(jen.Id("i").Op(":=").Range().Id("origins")).Block(append(touch, b.statements()...)...)
}

// joinBody is a loop over rows of a joined input. A row that fails is reported and
// passed over.
func (m *modelFile) joinBody(j *joinPart) *body {
	b := newBody(m.file, newNamer("joined", "origins", "rows", "scratch", "key", "known", "isNew"), viewSource(jen.Id("in"), j.views, jen.Id("i")),
		m.failure(jen.Id("origins").Index(jen.Id("i")), "join "+j.Name), jen.Continue())
	b.now, b.noHoist = jen.Id("m").Dot("env").Dot("AsOf"), true
	return b
}

// set keeps the columns of the current row of the input under id.
func (j *joinPart) set(b *body) {
	for _, c := range j.columns {
		column := j.Input.Columns[c]
		v := b.read(expr.NewColumn(0, c, column.Name, column.Type, column.Nullable, 0))
		b.emit(jen.Id("joined").Dot(j.members[c]).Dot("Set").Call(jen.Id("id"), v.v.copy(), v.ok.copy()))
	}
}

// failure reports err at an origin.
func (m *modelFile) failure(origin *jen.Statement, clause string) jen.Code {
	return jen.Id("m").Dot("env").Dot("Failures").Dot("Add").Call(contract("Failure").Values(
		jen.Id("Node").Op(":").Lit(m.model.Name), jen.Id("Column").Op(":").Lit(clause),
		jen.Id("Origin").Op(":").Add(origin), jen.Id("Err").Op(":").Err()))
}

// probe writes the lookup of the rows' keys:
//
//	func (m *MartModel) probeCountry() {
//		m.countryIDs = slices.Grow(m.countryIDs[:0], len(m.origins))[:len(m.origins)]
//		for _, i := range m.rows {
//			...
//			m.countryIDs[i] = id
//		}
//	}
func (m *modelFile) probe(j *joinPart) {
	if !j.probed {
		return
	}
	if len(j.byBase) > 0 {
		m.probeByBase(j)
		return
	}
	if left, ok := j.leftKeys().column(); ok {
		m.probeAll(j, left)
		return
	}
	b := m.rowBody("join " + j.Name)
	ids := func() *jen.Statement { return jen.Id("m").Dot(j.field + "IDs") }
	b.emit(j.leftKeys().find(b)...)
	b.emit(ids().Index(jen.Id("i")).Op("=").Id("id"))
	m.method(m.stage, "probe"+j.name, "finds each row's "+strings.Join(j.Input.Names(j.Right), ", ")+" in "+j.Input.Name+".").Params().Block(
		ids().Op("=").Qual("slices", "Grow").Call(ids().Index(jen.Op(":").Lit(0)), jen.Len(jen.Id("m").Dot("origins"))).
			Index(jen.Op(":").Len(jen.Id("m").Dot("origins"))),
		jen.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(b.statements()...),
	)
}

// probeAll writes probe for a join by one column of the base:
//
//	m.ordersIDs = slices.Grow(m.ordersIDs[:0], len(m.origins))[:len(m.origins)]
//	m.orders.keys.FindAll(m.ordersIDs, m.in.OrderID, m.rows)
func (m *modelFile) probeAll(j *joinPart, left int) {
	ids := func() *jen.Statement { return jen.Id("m").Dot(j.field + "IDs") }
	m.method(m.stage, "probe"+j.name, "finds each row's "+strings.Join(j.Input.Names(j.Right), ", ")+" in "+j.Input.Name+".").Params().Block(
		ids().Op("=").Qual("slices", "Grow").Call(ids().Index(jen.Op(":").Lit(0)), jen.Len(jen.Id("m").Dot("origins"))).
			Index(jen.Op(":").Len(jen.Id("m").Dot("origins"))),
		jen.Id("m").Dot(j.field).Dot("keys").Dot("FindAll").Call(ids(), jen.Id("m").Dot("in").Dot(m.inputs[left]), jen.Id("m").Dot("rows")),
	)
}

// joinOutputs writes the outputs of a join that are expressions over its
// aggregates: null for a row that has no match.
//
//	func (m *MartModel) ordersMean(id int) (decimal128.Num, bool, error) {
//		if id < 0 {
//			return decimal128.Num{}, false, nil
//		}
//		total, totalOK, err := m.orders.total.Get(id)
//		...
//	}
func (m *modelFile) joinOutputs(j *joinPart) {
	for c := range j.Columns {
		name, ok := j.outputs[c]
		if !ok {
			continue
		}
		n := j.Fold.Outputs[c]
		b := newBody(m.file, newNamer(), func(c *expr.Column) source { return j.fold.source(c, jen.Id("m").Dot(j.field), jen.Id("id")) })
		b.noHoist, b.now = true, jen.Id("m").Dot("env").Dot("AsOf")
		results := []jen.Code{goType(n.Type()), jen.Bool()}
		nothing := []jen.Code{zero(n.Type()), jen.False()}
		fails := j.fold.fails(n)
		if fails {
			results = append(results, jen.Error())
			b.fail = []jen.Code{jen.Return(append(slices.Clone(nothing), jen.Err())...)}
			nothing = append(nothing, jen.Nil())
		}
		v := b.value(n)
		given := []jen.Code{v.v.copy(), v.ok.copy()}
		if fails {
			given = append(given, jen.Nil())
		}
		b.emit(jen.Return(given...))
		m.out.Line()
		docSQL(m.out, name+" computes "+j.Columns[c].Name+" of the join "+j.Name+":", expr.SQL(n))
		m.out.Func().Params(jen.Id("m").Op("*").Id(m.typ)).Id(name).Params(jen.Id("id").Int()).
			Params(results...).
			Block(append([]jen.Code{jen.If(jen.Id("id").Op("<").Lit(0)).Block(jen.Return(nothing...))}, b.statements()...)...)
	}
}
