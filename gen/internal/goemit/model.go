package goemit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// modelFile is a file of a model, with what its parts have to know of each other.
type modelFile struct {
	*file
	model  *plan.Model
	typ    string // of the transformation
	stage  string // of what computes its rows
	input  string // the base input in Go
	inputs []string
	joins  []*joinPart // nil where no column of the join is used
	groups *foldPart   // nil without group_by
	uses   map[[2]int]bool
	fails  map[string]bool // which methods that report failures are called
}

// model writes the transformation of a model, what it holds and the stage that
// computes its rows from it:
//
//	type MartModel struct { ... }
//
//	func (m *MartModel) Join(join int, b contract.Batch) error
//	func (m *MartModel) Fold(b contract.Batch) error
//
//	type MartStage struct { *MartModel ... }
//
//	func (m *MartStage) Apply(b contract.Batch) (contract.Batch, error)
//
// A batch of the base input goes through dedupe, which holds back everything
// until the input ends, then process: probe the joins, filter, and either fold
// into groups or compute the columns. It gives the inputs that can be parted.
func (f *file) model(p *plan.Model) (parted []int) {
	return f.transformation(p, f.name+"Model", f.name+"Stage")
}

// transformation is model under other names.
func (f *file) transformation(p *plan.Model, typ, stage string) (parted []int) {
	m := &modelFile{file: f, model: p, typ: typ, stage: stage, input: f.names[p.From], inputs: fields(p.From), fails: map[string]bool{}}
	m.uses = columnsUsed(p)
	m.prepareJoins()
	if p.Group != nil {
		m.groups = m.newFold(unexported(f.name)+"Groups", p.Group, nil)
	}
	m.structure()
	m.stageStructure()
	m.transformMethods()
	m.stageMethods()
	m.process()
	if p.Dedupe != nil {
		m.dedupe()
	}
	for _, j := range m.joins {
		if j != nil {
			m.join(j)
		}
	}
	if p.Where != nil {
		m.filter()
	}
	if m.groups != nil {
		m.group()
	}
	for i, c := range p.Columns {
		if !m.handedOn(i) {
			m.column(i, c)
		}
	}
	m.failMethods()
	if parts, ok := m.parting(); ok {
		parted = parts.inputs
	}
	return parted
}

// keepsRows says whether the rows of a batch are those of the batch it is computed
// from, all and in their order: columns that are handed on are the same arrays.
func (m *modelFile) keepsRows() bool { return !m.holds() && m.model.Where == nil }

// keepsColumns says whether there are such columns.
func (m *modelFile) keepsColumns() bool {
	for i := range m.model.Columns {
		if m.keepsRows() && m.handedOn(i) {
			return true
		}
	}
	return false
}

// holds says whether the rows are held back until the base has ended.
func (m *modelFile) holds() bool { return m.model.Dedupe != nil || m.groups != nil }

// columnsUsed collects the columns of each input that a model's expressions
// read, and those that name its rows in messages.
func columnsUsed(m *plan.Model) map[[2]int]bool {
	used := map[[2]int]bool{}
	note := func(n expr.Node) {
		if n == nil {
			return
		}
		expr.Walk(n, func(x expr.Node) bool {
			if c, ok := x.(*expr.Column); ok && c.Input >= 0 {
				used[[2]int{c.Input, c.Index}] = true
			}
			return true
		})
	}
	note(m.Where)
	for _, n := range m.Exprs {
		note(n)
	}
	if m.Group != nil {
		for _, k := range m.Group.Keys {
			note(k)
		}
		for _, a := range m.Group.Aggregates {
			note(a)
		}
	}
	for _, j := range m.Joins {
		for _, l := range j.Left {
			note(l)
		}
	}
	for _, k := range m.From.Grain {
		used[[2]int{0, k}] = true
	}
	return used
}

// handedOn says whether a column of the output is one of the base input as it is.
func (m *modelFile) handedOn(i int) bool {
	c, ok := m.model.Exprs[i].(*expr.Column)
	return ok && c.Input == 0
}

// structure writes the struct and its constructor.
func (m *modelFile) structure() {
	var members, setup []jen.Code
	if len(m.model.Joins) == 0 || !slices.ContainsFunc(m.joins, func(j *joinPart) bool { return j != nil }) {
		members = append(members, contract("NoJoins"))
	}
	if !m.holds() {
		members = append(members, contract("HoldsNothing"))
	}
	if _, ok := m.parting(); !ok {
		members = append(members, contract("NoParts"))
	}
	members = append(members, jen.Id("env").Op("*").Add(contract("Env")))
	setup = append(setup, jen.Line().Id("env").Op(":").Id("env"))
	if m.model.Dedupe != nil {
		members = append(members, jen.Id("kept").Id(m.dedupeType()))
		setup = append(setup, jen.Line().Id("kept").Op(":").Id(m.dedupeType()).Values(m.dedupeKeys("").setup()...))
	}
	for _, j := range m.joins {
		if j != nil {
			members = append(members, jen.Id(j.field).Id(j.typ))
			setup = append(setup, jen.Line().Id(j.field).Op(":").Id(j.typ).Values(j.setup()...))
		}
	}
	if m.groups != nil {
		members = append(members, jen.Id("groups").Id(m.groups.typ))
		setup = append(setup, jen.Line().Id("groups").Op(":").Id(m.groups.typ).Values(append(m.groups.keys("").setup(), m.groups.setup()...)...))
	}
	if m.holds() {
		members = append(members, jen.Id("fold").Op("*").Id(m.stage).Comment("takes the rows of the base in"),
			jen.Id("folded").Int64())
	}
	m.out.Line()
	doc(m.out, m.typ+" "+m.purpose(), "")
	m.out.Type().Id(m.typ).Struct(members...)
	m.out.Line()
	m.out.Func().Id("new" + m.typ).Params(jen.Id("env").Op("*").Add(contract("Env"))).Add(contract("Transform")).BlockFunc(func(g *jen.Group) {
		made := jen.Op("&").Id(m.typ).Values(append(setup, jen.Line())...)
		if !m.holds() {
			g.Return(made)
			return
		}
		g.Id("m").Op(":=").Add(made)
		g.Id("m").Dot("fold").Op("=").Id("m").Dot("newStage").Call()
		g.Return(jen.Id("m"))
	})
}

// purpose says, after its name, what the transformation is for.
func (m *modelFile) purpose() string {
	if m.model.From == m.relation {
		return "computes the columns of " + m.model.Name + " that depend on now() anew, from its rows as of another time."
	}
	return "holds what " + m.model.Name + " is computed from: " + strings.Join(m.inputNames(), ", ") + "."
}

func (m *modelFile) inputNames() []string {
	names := []string{m.model.From.Name}
	for _, j := range m.model.Joins {
		names = append(names, j.Input.Name)
	}
	return names
}

// method begins a method of the transformation, or of its stage.
func (m *modelFile) method(of, name, comment string) *jen.Statement {
	m.out.Line()
	doc(m.out, name+" "+comment, "")
	return m.out.Func().Params(jen.Id("m").Op("*").Id(of)).Id(name)
}

// methodSQL is method for one of the stage that computes an expression.
func (m *modelFile) methodSQL(name, comment, sql string) *jen.Statement {
	m.out.Line()
	docSQL(m.out, name+" "+comment, sql)
	return m.out.Func().Params(jen.Id("m").Op("*").Id(m.stage)).Id(name)
}

// takeBatch makes the rows of a batch those that a stage has at hand.
func (m *modelFile) takeBatch(stage *jen.Statement) jen.Code {
	members := []jen.Code{stage.Clone().Dot("in"), stage.Clone().Dot("origins")}
	values := []jen.Code{jen.Id("View" + m.input).Call(jen.Id("b").Dot("Record")), jen.Id("b").Dot("Origins")}
	if m.keepsColumns() {
		members, values = append(members, stage.Clone().Dot("record")), append(values, jen.Id("b").Dot("Record"))
	}
	return jen.List(members...).Op("=").List(values...)
}

// transformMethods writes the methods of contract.Transform.
func (m *modelFile) transformMethods() {
	const implements = "implements contract.Transform."
	m.joinMethod()
	if m.holds() {
		step := "process"
		if m.model.Dedupe != nil {
			step = "dedupe"
		}
		fold := jen.Id("m").Dot("fold")
		m.expectMethod()
		m.method(m.typ, "Fold", implements).Params(jen.Id("b").Add(contract("Batch"))).Error().Block(
			m.takeBatch(fold), fold.Clone().Dot(step).Call(), jen.Return(jen.Nil()))
		m.method(m.typ, "Began", implements).Params().Index().Int().Block(jen.Return(fold.Clone().Dot("began")))
		m.method(m.typ, "Held", implements).Params().Int().BlockFunc(m.held)
		m.method(m.typ, "Drop", implements).Params(jen.Id("hi").Int()).BlockFunc(func(g *jen.Group) {
			if m.groups == nil {
				g.Id("m").Dot("kept").Dot("drop").Call(jen.Id("hi"))
			}
		})
		m.method(m.typ, "Filtered", implements).Params().Int64().Block(jen.Return(jen.Id("m").Dot("fold").Dot("filtered")))
		m.method(m.typ, "Folded", implements).Params().Int64().Block(jen.Return(jen.Id("m").Dot("folded")))
	}
	m.partMethod()
	m.method(m.typ, "NewStage", implements).Params().Add(contract("Stage")).Block(jen.Return(jen.Id("m").Dot("newStage").Call()))
	m.method(m.typ, "Release", implements).Params().BlockFunc(func(g *jen.Group) {
		if m.holds() {
			g.Id("m").Dot("fold").Dot("Release").Call()
		}
	})
}

// expectMethod writes contract.Transform's Expect: of rows that are grouped nobody knows
// how many keys they have.
func (m *modelFile) expectMethod() {
	if m.model.Dedupe == nil || !m.dedupeKeys("").isInt() {
		m.method(m.typ, "Expect", "implements contract.Transform.").Params(jen.Int()).Block()
		return
	}
	m.method(m.typ, "Expect", "implements contract.Transform.").Params(jen.Id("rows").Int()).Block(
		jen.Id("m").Dot("kept").Dot("keys").Dot("Expect").Call(jen.Id("rows")))
}

// held writes the end of the fold, after which nobody asks for a key:
//
//	rows := m.kept.keys.Len()
//	m.kept.keys = nil
//	return rows
func (m *modelFile) held(g *jen.Group) {
	kept := jen.Id("m").Dot("kept").Dot("keys")
	table := kept
	if m.groups != nil {
		table = jen.Id("m").Dot("groups").Dot("keys")
		if m.model.Dedupe != nil {
			g.Add(chunks(kept.Clone().Dot("Len").Call(), append(m.takeKept(jen.Id("m").Dot("fold")),
				jen.Id("m").Dot("fold").Dot("process").Call(), jen.Id("m").Dot("kept").Dot("drop").Call(jen.Id("hi")))...))
			g.Add(kept.Clone().Op("=").Nil())
		}
	}
	g.Id("rows").Op(":=").Add(table.Clone()).Dot("Len").Call()
	g.Add(table.Clone().Op("=").Nil())
	if m.groups != nil {
		g.Id("m").Dot("folded").Op("-=").Int64().Call(jen.Id("rows"))
	}
	g.Return(jen.Id("rows"))
}

// probesByBase says whether some of what is joined under the ids of kept rows is asked for
// by them.
func (m *modelFile) probesByBase() bool {
	return slices.ContainsFunc(m.joins, func(j *joinPart) bool { return j != nil && len(j.byBase) > 0 && j.probed })
}

// chunks writes a loop over what was held back, a batch at a time.
func chunks(total *jen.Statement, body ...jen.Code) *jen.Statement {
	return jen.For(jen.List(jen.Id("lo"), jen.Id("end")).Op(":=").List(jen.Lit(0), total), jen.Id("lo").Op("<").Id("end"), jen.Id("lo").Op("+=").Add(contract("BatchRows"))).
		Block(append([]jen.Code{jen.Id("hi").Op(":=").Id("min").Call(jen.Id("lo").Op("+").Add(contract("BatchRows")), jen.Id("end"))}, body...)...)
}
