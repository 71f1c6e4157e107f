package goemit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// modelFile is a file of a model, with what its parts have to know of each other.
type modelFile struct {
	*file
	model   *plan.Model
	typ     string // of the transformation
	input   string // the base input in Go
	inputs  []string
	joins   []*joinPart // nil where no column of the join is used
	groups  *foldPart   // nil without group_by
	uses    map[[2]int]bool
	fails   map[string]bool // which methods that report failures are called
	scratch bool            // some aggregate encodes its values
}

// model writes the transformation of a model:
//
//	type MartModel struct { ... }
//
//	func (m *MartModel) Join(join int, b contract.Batch) error
//	func (m *MartModel) Push(b contract.Batch, emit contract.Emit) error
//	func (m *MartModel) Finish(emit contract.Emit) error
//
// A batch of the base input goes through dedupe, which holds back everything
// until the input ends, then process: probe the joins, filter, and either fold
// into groups or compute the columns.
func (f *file) model(p *plan.Model) {
	m := &modelFile{file: f, model: p, typ: f.name + "Model", input: f.names[p.From], inputs: fields(p.From), fails: map[string]bool{}}
	m.uses = columnsUsed(p)
	m.prepareJoins()
	if p.Group != nil {
		m.groups = m.newFold(unexported(f.name)+"Groups", p.Group, nil)
	}
	m.structure()
	m.transformMethods()
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
}

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
	members := []jen.Code{
		jen.Id("env").Op("*").Add(contract("Env")),
		jen.Id("out").Op("*").Id(m.name + "Builder"),
		jen.Line(),
		jen.Comment("The batch at hand: its rows, where they come from, and which of them are kept."),
		jen.Id("in").Id(m.input + "View"),
		jen.Id("origins").Index().Add(contract("Origin")),
		jen.Id("rows").Index().Int(),
		jen.Line(),
	}
	setup := []jen.Code{
		jen.Line().Id("env").Op(":").Id("env"),
		jen.Line().Id("out").Op(":").Id("New" + m.name + "Builder").Call(jen.Id("env").Dot("Memory")),
	}
	if d := m.model.Dedupe; d != nil {
		members = append(members, jen.Id("kept").Id(m.dedupeType()))
		for _, t := range m.computed() {
			members = append(members, jen.Id(orderField(t)).Add(storeType(d.Order[t].Expr.Type())).Comment("by row of in"))
		}
		setup = append(setup, jen.Line().Id("kept").Op(":").Id(m.dedupeType()).Values(m.dedupeKeys("").setup()...))
	}
	for _, j := range m.joins {
		if j != nil {
			members = append(members, jen.Id(j.field).Id(j.typ), jen.Id(j.field+"IDs").Index().Int().Comment("for each row of in: its id there, or -1"))
			setup = append(setup, jen.Line().Id(j.field).Op(":").Id(j.typ).Values(j.setup()...))
		}
	}
	if m.groups != nil {
		members = append(members, jen.Id("groups").Id(m.groups.typ))
		setup = append(setup, jen.Line().Id("groups").Op(":").Id(m.groups.typ).Values(m.groups.setup()...))
	}
	members = append(members, jen.List(jen.Id("filtered"), jen.Id("folded")).Int64())
	if m.scratch {
		members = append(members, jen.Id("scratch").Index().Byte())
	}
	m.out.Line()
	doc(m.out, m.typ+" computes "+m.model.Name+" from "+strings.Join(m.inputNames(), ", ")+".", "")
	m.out.Type().Id(m.typ).Struct(members...)
	m.out.Line()
	m.out.Func().Id("new" + m.typ).Params(jen.Id("env").Op("*").Add(contract("Env"))).Add(contract("Transform")).Block(
		jen.Return(jen.Op("&").Id(m.typ).Values(append(setup, jen.Line())...)))
}

func (m *modelFile) inputNames() []string {
	names := []string{m.model.From.Name}
	for _, j := range m.model.Joins {
		names = append(names, j.Input.Name)
	}
	return names
}

// method begins a method of the transformation.
func (m *modelFile) method(name, comment string) *jen.Statement {
	m.out.Line()
	doc(m.out, name+" "+comment, "")
	return m.out.Func().Params(jen.Id("m").Op("*").Id(m.typ)).Id(name)
}

// methodSQL is method for one that computes an expression.
func (m *modelFile) methodSQL(name, comment, sql string) *jen.Statement {
	m.out.Line()
	docSQL(m.out, name+" "+comment, sql)
	return m.out.Func().Params(jen.Id("m").Op("*").Id(m.typ)).Id(name)
}

// transformMethods writes the methods of contract.Transform.
func (m *modelFile) transformMethods() {
	m.joinMethod()
	batch, emit := jen.Id("b").Add(contract("Batch")), jen.Id("emit").Add(contract("Emit"))
	take := jen.List(jen.Id("m").Dot("in"), jen.Id("m").Dot("origins")).Op("=").
		List(jen.Id("View"+m.input).Call(jen.Id("b").Dot("Record")), jen.Id("b").Dot("Origins"))
	held := m.model.Dedupe != nil || m.groups != nil
	emitParam := jen.Id("emit")
	if held {
		emitParam = jen.Id("_")
	}
	m.method("Push", "implements contract.Transform.").Params(batch, emitParam.Add(contract("Emit"))).Error().BlockFunc(func(g *jen.Group) {
		g.Add(take)
		switch {
		case m.model.Dedupe != nil:
			g.Id("m").Dot("dedupe").Call()
			g.Return(jen.Nil())
		case m.groups != nil:
			g.Id("m").Dot("process").Call()
			g.Return(jen.Nil())
		default:
			g.Return(jen.Id("m").Dot("process").Call(jen.Id("emit")))
		}
	})
	if !held {
		emit = jen.Id("_").Add(contract("Emit"))
	}
	m.method("Finish", "implements contract.Transform.").Params(emit).Error().BlockFunc(func(g *jen.Group) {
		if m.model.Dedupe != nil {
			g.Add(m.finishDedupe())
		}
		if m.groups != nil {
			m.finishGroups(g)
		}
		g.Return(jen.Nil())
	})
	m.method("Filtered", "implements contract.Transform.").Params().Int64().Block(jen.Return(jen.Id("m").Dot("filtered")))
	m.method("Folded", "implements contract.Transform.").Params().Int64().Block(jen.Return(jen.Id("m").Dot("folded")))
	m.method("Release", "implements contract.Transform.").Params().Block(jen.Id("m").Dot("out").Dot("Release").Call())
}

// chunks writes a loop over what was held back, a batch at a time.
func chunks(total *jen.Statement, body ...jen.Code) *jen.Statement {
	return jen.For(jen.List(jen.Id("lo"), jen.Id("end")).Op(":=").List(jen.Lit(0), total), jen.Id("lo").Op("<").Id("end"), jen.Id("lo").Op("+=").Add(contract("BatchRows"))).
		Block(append([]jen.Code{jen.Id("hi").Op(":=").Id("min").Call(jen.Id("lo").Op("+").Add(contract("BatchRows")), jen.Id("end"))}, body...)...)
}

// process writes what happens to a batch of base rows:
//
//	func (m *MartModel) process(emit contract.Emit) error {
//		m.rows = contract.Sequence(m.rows, 0, len(m.origins))
//		m.filter()
//		m.probeCountry()
//		return m.emitRows(emit)
//	}
func (m *modelFile) process() {
	body := func(g *jen.Group) {
		g.Id("m").Dot("rows").Op("=").Add(contract("Sequence")).Call(jen.Id("m").Dot("rows"), jen.Lit(0), jen.Len(jen.Id("m").Dot("origins")))
		early := m.model.Where != nil && readsJoin(m.model.Where)
		if early {
			m.probes(g)
		}
		if m.model.Where != nil {
			g.Id("m").Dot("filter").Call()
		}
		if !early {
			m.probes(g)
		}
		if m.groups != nil {
			g.Id("m").Dot("group").Call()
		} else {
			g.Return(jen.Id("m").Dot("compute").Call(jen.Id("emit")))
		}
	}
	fn := m.method("process", "takes the batch at hand through "+m.steps()+".")
	if m.groups != nil {
		fn.Params().BlockFunc(body)
	} else {
		fn.Params(jen.Id("emit").Add(contract("Emit"))).Error().BlockFunc(body)
	}
	m.compute()
}

// steps names, for the comment of process, what a batch goes through.
func (m *modelFile) steps() string {
	var steps []string
	if m.model.Where != nil {
		steps = append(steps, "the filter")
	}
	if len(m.model.Joins) > 0 {
		steps = append(steps, "the joins")
	}
	if m.groups != nil {
		return strings.Join(append(steps, "the groups"), " and ")
	}
	return strings.Join(append(steps, "the columns"), " and ")
}

func readsJoin(n expr.Node) bool {
	found := false
	expr.Walk(n, func(x expr.Node) bool {
		if c, ok := x.(*expr.Column); ok && c.Input > 0 {
			found = true
		}
		return !found
	})
	return found
}

func (m *modelFile) probes(g *jen.Group) {
	for _, j := range m.joins {
		if j != nil {
			g.Id("m").Dot("probe" + j.name).Call()
		}
	}
}

// matches is the condition of a join:
//
//	{{Left: contract.Read{Column: "user_id"}, Right: "user_id"}}
func matches(p *plan.Model, j *plan.Join) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		for i := range j.Left {
			left, right := p.Match(j, i)
			g.Values(jen.Id("Left").Op(":").Add(contract("Read")).Add(readValue(left)), jen.Id("Right").Op(":").Lit(right))
		}
	})
}

// readValue is what a plan.Read says, without its type; the base goes without saying.
func readValue(r plan.Read) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		if r.Input > 0 {
			g.Id("Input").Op(":").Lit(r.Input)
		}
		g.Id("Column").Op(":").Lit(r.Column)
	})
}

// modelValue writes the model as the runtime sees it.
func (f *file) modelValue(p *plan.Model) {
	f.node(&p.Relation, p.Fingerprint(), p.Reads)
	f.out.Line()
	f.out.Func().Id(unexported(f.name) + "Model").Params().Add(contract("Model")).BlockFunc(func(g *jen.Group) {
		f.nodeWithValidator(g, &p.Relation)
		g.Return(contract("Model").ValuesFunc(func(g *jen.Group) {
			g.Line().Id("Node").Op(":").Id("node")
			if p.Layer != "" {
				g.Line().Id("Layer").Op(":").Lit(p.Layer)
			}
			g.Line().Id("From").Op(":").Lit(p.From.Name)
			if len(p.Joins) > 0 {
				var names []string
				for _, j := range p.Joins {
					names = append(names, j.Input.Name)
				}
				g.Line().Id("Joins").Op(":").Add(stringList(names))
				g.Line().Id("On").Op(":").Index().Index().Add(contract("Match")).ValuesFunc(func(g *jen.Group) {
					for _, j := range p.Joins {
						g.Line().Add(matches(p, j))
					}
					g.Line()
				})
			}
			if p.Where != nil {
				g.Line().Id("Filtered").Op(":").True()
			}
			if p.Group != nil {
				g.Line().Id("Grouped").Op(":").True()
			}
			if columns, ok := p.GroupColumns(); ok {
				g.Line().Id("GroupBy").Op(":").Add(stringList(columns))
			}
			if len(p.Formats) > 0 {
				g.Line().Id("Formats").Op(":").Add(stringList(p.Formats))
			}
			if p.Neutralize {
				g.Line().Id("Neutralize").Op(":").True()
			}
			if p.Complete {
				g.Line().Id("Complete").Op(":").True()
			}
			g.Line().Id("New").Op(":").Id("new" + f.name + "Model")
			g.Line()
		}))
	})
}
