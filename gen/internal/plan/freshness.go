package plan

import (
	"time"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// freshness plans how the age of a source is found; nil where that is not known.
func (b *builder) freshness(s *Source, decl *schema.Freshness) *Freshness {
	path := s.path + ", freshness"
	sc := &scope{inputs: []input{{name: s.Name, relation: &s.Relation, columns: s.Columns}}}
	f := &Freshness{LoadedAt: b.loadedAt(s, decl.LoadedAt, sc, path), WarnAfter: after(decl.WarnAfter), ErrorAfter: after(decl.ErrorAfter)}
	f.Declared = decl.LoadedAt.Value
	if decl.Filter != nil {
		f.DeclaredFilter = decl.Filter.Value
		f.Filter = b.condition(*decl.Filter, sc, path)
	}
	if f.LoadedAt == nil {
		return nil
	}
	f.Instant = instant(f.LoadedAt.Type())
	return f
}

// loadedAt checks the expression whose latest value is when a source was loaded.
func (b *builder) loadedAt(s *Source, src schema.Text, sc *scope, path string) expr.Node {
	sql := src.Value
	if s.column(sql) >= 0 {
		sql = `"` + sql + `"` // a name by itself is never a keyword of SQL
	}
	n, problems := expr.Check(sql, sc, expr.Options{})
	b.problems(src, path, problems)
	if n == nil || len(problems) > 0 {
		return nil
	}
	switch t := n.Type(); t.Kind {
	case expr.Date, expr.Timestamp, expr.TimestampTZ:
	default:
		b.report(src.Pos, path, TypeMismatch, "loaded_at is of type "+t.String()+"; it must be a date, timestamp or timestamptz", "", "")
		return nil
	}
	expr.Walk(n, func(x expr.Node) bool {
		if c, ok := x.(*expr.Column); ok && sc.at(c).PII {
			b.report(src.At(c.Offset()), path, PersonalFreshness, "loaded_at reads "+c.Name+", which holds personal data; its latest value would be reported", "", "use a column that says when records were written")
		}
		return true
	})
	return n
}

// after is a limit, which was checked when it was read; 0 where there is none.
func after(text schema.Text) time.Duration {
	d, _ := schema.ParseDuration(text.Value)
	return d
}

// instant is the only column of a relation, of type t, as a timestamptz.
func instant(t expr.Type) expr.Node {
	latest := &Column{Name: "latest", Type: t, Nullable: true}
	n, problems := expr.Check("latest::timestamptz", &scope{inputs: []input{{columns: []*Column{latest}}}}, expr.Options{})
	if len(problems) > 0 {
		panic("plan: a " + t.String() + " is no timestamptz: " + problems[0].Message)
	}
	return n
}
