package randschema

import (
	"fmt"
	"slices"
	"strings"
)

// modelBegin is how the model of a name begins.
func modelBegin(name string) string { return fmt.Sprintf("\n[[model]]\nname = %q\n", name) }

func (p *project) model() {
	from := pick(p.Rand, p.relations)
	r := relation{name: p.name()}
	g := p.over(from.name, from.columns)
	p.out.WriteString(modelBegin(r.name))
	fmt.Fprintf(&p.out, "from = %q\n", from.name)
	if p.total {
		p.out.WriteString("output = { formats = [\"arrow\"] }\n")
	}
	key := from.grain
	if p.IntN(2) == 0 {
		key = p.dedupe(from, g)
	}
	p.joins(from, g)
	if p.IntN(2) == 0 {
		where := g.of("bool", 3)
		if p.IntN(3) > 0 { // one that lets more rows through
			where += " is not false"
		}
		fmt.Fprintf(&p.out, "where = %q\n", where)
	}
	if p.IntN(3) == 0 {
		p.grouped(&r, g)
	} else {
		p.computed(&r, g, from, key)
	}
	p.rowTests(r)
	p.relations = append(p.relations, r)
}

// dedupe writes one, and gives its key.
func (p *project) dedupe(from relation, g *grammar) (key []string) {
	var order []string
	for range p.IntN(3) {
		term := g.of(pick(p.Rand, kinds), 2)
		if !strings.Contains(term, `"."`) { // a constant orders nothing
			term = pick(p.Rand, g.columns).sql
		}
		order = append(order, term+pick(p.Rand, []string{"", " desc"}))
	}
	key = []string{from.columns[0].name, from.columns[p.IntN(len(from.columns)-1)+1].name}[:1+p.IntN(2)]
	fmt.Fprintf(&p.out, "dedupe = { key = %s", quoted(key))
	if len(order) > 0 {
		fmt.Fprintf(&p.out, ", order_by = %q", strings.Join(order, ", "))
	}
	p.out.WriteString(" }\n")
	return key
}

// computed writes columns: some of the base input, its key among them now and
// then, and expressions.
func (p *project) computed(r *relation, g *grammar, from relation, key []string) {
	p.out.WriteString("columns = [\n")
	handOn := p.often() || p.IntN(3) > 0
	var handed []column // of the base input
	for i, name := range p.names(3 + p.IntN(6)) {
		c := column{name: name, kind: pick(p.Rand, kinds)}
		sql := g.of(c.kind, 3)
		at := slices.IndexFunc(from.columns, func(c column) bool { return handOn && i < len(key) && c.name == key[i] })
		if at < 0 && i < len(from.columns) && p.IntN(2) == 0 {
			at = i
		}
		if at >= 0 {
			c.kind, c.typ, sql = from.columns[at].kind, from.columns[at].typ, g.columns[at].sql
			handed = append(handed, g.columns[at])
		}
		p.column(r, c, sql)
	}
	if handOn {
		for i := range key {
			r.grain = append(r.grain, r.columns[i].name)
		}
	}
	if p.keyed && p.IntN(3) == 0 { // what rests on such a model is not incremental
		p.timed(r, handed)
	}
	p.out.WriteString("]\n")
}

// timed writes a column that depends on now(), and on columns that are handed on.
func (p *project) timed(r *relation, handed []column) {
	g := &grammar{Rand: p.Rand, columns: handed, total: true}
	c := column{name: "timed", kind: pick(p.Rand, kinds)}
	sql := fmt.Sprintf("case when now() > %s then %s end", g.of("timestamptz", 2), g.of(c.kind, 2))
	if p.IntN(4) == 0 {
		c.kind, sql = "timestamptz", "now()"
	}
	p.column(r, c, sql)
}

// grouped writes group_by, and columns of its keys and of aggregates.
func (p *project) grouped(r *relation, g *grammar) {
	var keys, keyKinds []string
	for range 1 + p.IntN(3) {
		kind := pick(p.Rand, kinds)
		key := g.of(kind, 2)
		if len(keys) == 0 && p.often() {
			kind, key = g.columns[0].kind, g.columns[0].sql
		}
		if !slices.Contains(keys, key) {
			keys, keyKinds = append(keys, key), append(keyKinds, kind)
		}
	}
	fmt.Fprintf(&p.out, "group_by = %s\ncolumns = [\n", quoted(keys))
	all := p.often() || p.IntN(2) == 0
	for i, name := range p.names(3 + p.IntN(5)) {
		c := column{name: name, kind: pick(p.Rand, kinds)}
		if i < len(keys) && (all || p.IntN(2) == 0) {
			c.kind = keyKinds[i]
			p.column(r, c, keys[i])
		} else {
			p.column(r, c, g.aggregate(c.kind))
		}
	}
	if all {
		for i := range keys {
			r.grain = append(r.grain, r.columns[i].name)
		}
	}
	p.out.WriteString("]\n")
}

func (p *project) column(r *relation, c column, sql string) {
	fmt.Fprintf(&p.out, "  { name = %q, expr = %q%s },\n", c.name, sql, p.columnTests(c.kind))
	if c.typ == "" && c.kind != "decimal" {
		c.typ = c.kind
	}
	r.columns = append(r.columns, c)
}

// joins writes joins on pairs of columns that share a type, the left of the base
// input or of an earlier join, and adds what they offer to the grammar.
func (p *project) joins(from relation, g *grammar) {
	var joins []string
	names := map[string]string{} // of the joins, by what their columns begin with
	for range p.IntN(4) {
		input := pick(p.Rand, p.relations)
		var on []string
		var right []column
		for i, c := range p.rights(input) {
			left, ok := p.left(g, c)
			if i == 0 && c.typ == g.columns[0].typ && p.often() {
				left, ok = g.columns[0], c.typ != ""
			}
			if ok {
				input, _, _ := strings.Cut(left.sql, ".")
				on, right = append(on, pair(names[input], left.name, c.name)), append(right, c)
			}
		}
		if len(on) == 0 {
			continue
		}
		name := p.name()
		text := "on = [" + strings.Join(on, ", ") + "]"
		offered := input.columns
		if !unique(input, right) || p.IntN(2) == 0 {
			var aggregate string
			aggregate, offered = p.aggregated(input, right[0])
			text += ", aggregate = [" + aggregate + "]"
		}
		joins = append(joins, fmt.Sprintf("  { input = %q, as = %q, %s },\n", input.name, name, text))
		names[`"`+name+`"`] = name
		g.columns = append(g.columns, p.over(name, offered).columns...)
	}
	if len(joins) > 0 {
		fmt.Fprintf(&p.out, "joins = [\n%s]\n", strings.Join(joins, ""))
	}
}

// rights are the columns of an input to join on: its key, or any.
func (p *project) rights(input relation) []column {
	if p.often() {
		return input.columns[:1]
	}
	if len(input.grain) > 0 && p.IntN(3) > 0 {
		var out []column
		for _, c := range input.columns {
			if slices.Contains(input.grain, c.name) {
				out = append(out, c)
			}
		}
		return out
	}
	out := []column{pick(p.Rand, input.columns)}
	if p.IntN(3) == 0 {
		out = append(out, pick(p.Rand, input.columns))
	}
	return out
}

// left finds a column of the type of another.
func (p *project) left(g *grammar, right column) (column, bool) {
	for range 20 {
		if c := pick(p.Rand, g.columns); c.typ != "" && c.typ == right.typ {
			return c, true
		}
	}
	return column{}, false
}

// pair writes two columns of a join's condition; join is that of the left one, "" for the base.
func pair(join, left, right string) string {
	if join == "" && left == right {
		return fmt.Sprintf("%q", left)
	}
	if join != "" {
		left = join + "." + left
	}
	return fmt.Sprintf("{ left = %q, right = %q }", left, right)
}

// unique says whether columns are known to identify a row.
func unique(r relation, columns []column) bool {
	return len(r.grain) > 0 && !slices.ContainsFunc(r.grain, func(name string) bool {
		return !slices.ContainsFunc(columns, func(c column) bool { return c.name == name })
	})
}

// aggregated are the outputs of a join that aggregates.
func (p *project) aggregated(input relation, key column) (toml string, offered []column) {
	g := p.over(input.name, input.columns)
	var decls []string
	for _, name := range p.names(1 + p.IntN(3)) {
		c := column{name: name, kind: pick(p.Rand, kinds)}
		sql := g.aggregate(c.kind)
		switch p.IntN(5) {
		case 0:
			c.kind, sql = key.kind, fmt.Sprintf(`"%s"."%s"`, input.name, key.name)
		case 1:
			sql = pick(p.Rand, p.always(leaves, c.kind))
		}
		offered = append(offered, c)
		decls = append(decls, fmt.Sprintf("{ name = %q, expr = %q }", name, sql))
	}
	return strings.Join(decls, ", "), offered
}
