package goemit

import (
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
)

// stageStructure writes the struct of the stage and its constructor.
func (m *modelFile) stageStructure() {
	members := []jen.Code{
		jen.Op("*").Id(m.typ),
		jen.Id("out").Op("*").Id(m.name + "Builder"),
		jen.Line(),
		jen.Comment("The batch at hand: its rows, where they come from, and which of them are kept."),
		jen.Id("in").Id(m.input + "View"),
		jen.Id("origins").Index().Add(contract("Origin")),
		jen.Id("rows").Index().Int(),
	}
	if m.keepsColumns() {
		members = append(members, jen.Id("record").Qual(arrowPkg, "Record").Comment("of which in is a view"))
	}
	if m.probesByBase() {
		members = append(members, jen.Id("first").Int().Comment("the id under which the first row of in is kept"))
	}
	for _, t := range m.computed() {
		members = append(members, jen.Id(orderField(t)).Add(storeType(m.model.Dedupe.Order[t].Expr.Type())).Comment("by row of in"))
	}
	for _, j := range m.joins {
		if j == nil {
			continue
		}
		for _, c := range slices.Sorted(maps.Keys(j.looks)) {
			members = append(members, jen.Id(j.looks[c]).Add(viewType(j.Columns[c].Type)).Comment("beside in"))
		}
		if !j.probed {
			continue
		}
		members = append(members, jen.Id(j.field+"IDs").Index().Int().Comment("for each row of in: its id there, or -1"))
		if k := j.leftKeys(); k.encoded() && len(j.byBase) == 0 {
			members = append(members, jen.Id(j.field+"Key").Index().Byte())
		}
	}
	members = append(members, jen.Line())
	if m.holds() {
		members = append(members, jen.Id("began").Index().Int().Comment("rows of the batch folded last with a new key"))
	}
	if m.model.Dedupe != nil {
		members = append(members, jen.Id("again").Index().Int().Comment("and with one that was known"),
			jen.Id("ids").Index().Int().Comment("by row of that batch: the id of its key"))
	}
	members = append(members, jen.Id("filtered").Int64())
	m.out.Line()
	doc(m.out, m.stage+" computes rows of "+m.model.Name+".", "")
	m.out.Type().Id(m.stage).Struct(members...)
	m.out.Line()
	m.out.Func().Params(jen.Id("m").Op("*").Id(m.typ)).Id("newStage").Params().Op("*").Id(m.stage).Block(
		jen.Return(jen.Op("&").Id(m.stage).Values(jen.Id(m.typ).Op(":").Id("m"), jen.Id("out").Op(":").Id("New"+m.name+"Builder").Call(jen.Id("m").Dot("env").Dot("Memory")))))
}

// stageMethods writes the methods of contract.Stage.
func (m *modelFile) stageMethods() {
	const implements = "implements contract.Stage."
	results := []jen.Code{contract("Batch"), jen.Error()}
	if !m.holds() {
		m.method(m.stage, "Apply", implements).Params(jen.Id("b").Add(contract("Batch"))).Params(results...).Block(
			m.takeBatch(jen.Id("m")), jen.Return(jen.Id("m").Dot("process").Call()))
	} else {
		m.method(m.stage, "Apply", implements).Params(contract("Batch")).Params(results...).Block(jen.Return(contract("Batch").Values(), contract("ErrHolds")))
		m.method(m.stage, "Give", implements).Params(jen.List(jen.Id("lo"), jen.Id("hi")).Int()).Params(results...).BlockFunc(func(g *jen.Group) {
			if m.groups == nil {
				for _, statement := range m.takeKept(jen.Id("m")) {
					g.Add(statement)
				}
				g.Return(jen.Id("m").Dot("process").Call())
				return
			}
			g.Id("m").Dot("origins").Op("=").Id("m").Dot("groups").Dot("origins")
			g.Id("m").Dot("rows").Op("=").Add(contract("Sequence")).Call(jen.Id("m").Dot("rows"), jen.Id("lo"), jen.Id("hi"))
			g.Return(jen.Id("m").Dot("compute").Call())
		})
	}
	rows := jen.Id("m").Dot("rows")
	if m.groups != nil {
		rows = jen.Nil()
	}
	m.method(m.stage, "Rows", implements).Params().Index().Int().Block(jen.Return(rows))
	m.method(m.stage, "Filtered", implements).Params().Int64().Block(jen.Return(jen.Id("m").Dot("filtered")))
	m.method(m.stage, "Release", implements).Params().Block(jen.Id("m").Dot("out").Dot("Release").Call())
}

// process writes what happens to a batch of base rows:
//
//	func (m *MartStage) process() (contract.Batch, error) {
//		m.rows = contract.Sequence(m.rows, 0, len(m.origins))
//		m.filter()
//		m.probeCountry()
//		return m.compute()
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
			g.Return(jen.Id("m").Dot("compute").Call())
		}
	}
	fn := m.method(m.stage, "process", "takes the batch at hand through "+m.steps()+".")
	if m.groups != nil {
		fn.Params().BlockFunc(body)
	} else {
		fn.Params().Params(contract("Batch"), jen.Error()).BlockFunc(body)
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
		if j != nil && j.probed {
			g.Id("m").Dot("probe" + j.name).Call()
		}
	}
}
