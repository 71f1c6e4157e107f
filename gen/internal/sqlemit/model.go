package sqlemit

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/plan"
)

// modelWriter writes one model:
//
//	create or replace view MODEL as
//	with deduplicated as (…),
//	INPUT_by_KEY as (…)
//	select …
//	from … left join … where … group by …;
type modelWriter struct {
	*script
	model  *plan.Model
	taken  map[string]bool // names that a CTE cannot have
	ctes   []string
	inputs []input // as the main select calls them; 0 is the base
}

// input is what the main select reads.
type input struct {
	name  string // its qualifier
	as    string // in `from` and `join`: "country", "payments_by_order_id as payments"
	match []string
}

func (s *script) model(out *strings.Builder, m *plan.Model) {
	w := &modelWriter{script: s, model: m, taken: map[string]bool{}}
	for _, r := range s.plan.Relations() {
		w.taken[strings.ToLower(r.Name)] = true
	}
	for _, j := range m.Joins {
		w.taken[strings.ToLower(j.Name)] = true
	}
	w.inputs = []input{w.base()}
	for _, j := range m.Joins {
		w.inputs = append(w.inputs, w.join(j))
	}
	comment(out, "", m.Description)
	fmt.Fprintf(out, "create or replace view %s as\n", name(m.Name))
	if len(w.ctes) > 0 {
		out.WriteString("with " + strings.Join(w.ctes, ",\n") + "\n")
	}
	w.selection(out)
}

// base gives the base input, deduplicated where the model says so. A key keeps
// the place at which it first appears.
func (w *modelWriter) base() input {
	from, d := w.model.From, w.model.Dedupe
	if d == nil {
		return input{name: from.Name, as: name(from.Name)}
	}
	p, row := w.printer(from), name(from.Name)+"."+Row // the record's, not what stands for it
	var order []string
	for _, t := range d.Order {
		for _, term := range p.ordered(t.Expr) {
			if t.Desc {
				term += " desc"
			}
			if t.Expr.Nullable() {
				term += " nulls last"
			}
			order = append(order, term)
		}
	}
	key := strings.Join(names(from.Names(d.Key)), ", ")
	cte := free("deduplicated", w.taken)
	w.ctes = append(w.ctes, fmt.Sprintf(`%s as (
  select * replace (min(%s) over (partition by %s) as %s)
  from %s
  qualify row_number() over (
    partition by %s
    order by %s
  ) = 1
)`, cte, row, key, Row, name(from.Name), key, strings.Join(append(order, row+" desc"), ", ")))
	return input{name: cte, as: cte}
}

// join gives a joined input, folded to a row a key where it aggregates.
func (w *modelWriter) join(j *plan.Join) input {
	in := input{name: j.Name, as: name(j.Input.Name)}
	right := j.Input.Names(j.Right)
	if j.Fold != nil {
		in.as, right = w.folded(j)
	}
	if in.as != name(j.Name) {
		in.as += " as " + name(j.Name)
	}
	p := w.rows()
	for i, left := range j.Left {
		in.match = append(in.match, fmt.Sprintf("%s.%s = %s", name(j.Name), name(right[i]), p.sql(left, bindOther)))
	}
	return in
}

// folded writes the CTE of a join that aggregates, and gives its name and what
// its keys are called there.
func (w *modelWriter) folded(j *plan.Join) (cte string, keys []string) {
	p := w.printer(j.Input)
	offered := map[string]bool{}
	for _, c := range j.Columns {
		offered[strings.ToLower(c.Name)] = true
	}
	var by []string
	var lines []line
	for _, k := range j.Right {
		column := j.Input.Columns[k].Name
		key := column
		if slices.Contains(keys, key) || offered[strings.ToLower(key)] {
			key = free("key_"+column, offered)
		}
		keys, by = append(keys, key), append(by, name(column))
		lines = append(lines, line{text: as(name(column), key)})
	}
	for i, n := range j.Fold.Outputs {
		lines = append(lines, line{p.output(over(j.Fold, n), j.Columns[i].Name), j.Columns[i].Description})
	}
	cte = name(free(j.Input.Name+"_by_"+strings.Join(j.Input.Names(j.Right), "_"), w.taken))
	var out strings.Builder
	out.WriteString("select\n")
	list(&out, lines)
	fmt.Fprintf(&out, "from %s\ngroup by %s", name(j.Input.Name), strings.Join(by, ", "))
	w.ctes = append(w.ctes, cte+" as (\n  "+strings.ReplaceAll(out.String(), "\n", "\n  ")+"\n)")
	return cte, keys
}

// selection writes the main select.
func (w *modelWriter) selection(out *strings.Builder) {
	m, p := w.model, w.rows()
	row := p.row()
	if m.Group != nil {
		row = "min(" + row + ")"
	}
	lines := []line{{text: as(row, Row)}}
	for i, n := range m.Exprs {
		lines = append(lines, line{p.output(over(m.Group, n), m.Columns[i].Name), m.Columns[i].Description})
	}
	out.WriteString("select\n")
	list(out, lines)
	out.WriteString("from " + w.inputs[0].as)
	for _, in := range w.inputs[1:] {
		fmt.Fprintf(out, "\nleft join %s on %s", in.as, strings.Join(in.match, " and "))
	}
	if m.Where != nil {
		out.WriteString("\nwhere " + strings.ReplaceAll(p.long(m.Where), "\n", "\n  "))
	}
	if m.Group != nil {
		var keys []string
		for _, k := range m.Group.Keys {
			keys = append(keys, p.key(k))
		}
		out.WriteString("\ngroup by " + strings.Join(keys, ", "))
	}
	out.WriteString(";\n")
}

// printer writes expressions over one relation, whose names stand alone.
func (w *modelWriter) printer(r *plan.Relation) *printer {
	p := &printer{script: w.script}
	p.column = func(input, index int) string { return p.named(r.Columns[index].Name) }
	return p
}

// rows writes expressions over what the main select reads: with the name of the
// input where there are several.
func (w *modelWriter) rows() *printer {
	if len(w.model.Joins) == 0 {
		return w.printer(w.model.From)
	}
	p := &printer{script: w.script, qualifier: w.inputs[0].name}
	p.column = func(input, index int) string {
		if input == 0 {
			return p.named(w.model.From.Columns[index].Name)
		}
		return name(w.inputs[input].name) + "." + name(w.model.Joins[input-1].Columns[index].Name)
	}
	return p
}

// as names what is selected, where it is not called so by itself.
func as(sql, column string) string {
	named := name(column)
	if column == Row {
		named = Row
	}
	if sql != named {
		if _, last, dotted := strings.Cut(sql, "."); !dotted || last != named {
			return sql + " as " + named
		}
	}
	return sql
}
