package expr

import (
	"fmt"
	"math"
	"slices"
)

// Walk visits a tree from its root, parents before children and children in
// the order in which they are written. Below a node for which visit gives false
// it does not go.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for _, c := range children(n) {
		Walk(c, visit)
	}
}

// Rewrite builds a tree from the leaves up: each node, its children rewritten,
// is replaced by what f gives for it. f returns its argument to keep it; a node
// of which nothing changed is the very same one. Types and nullability of the
// nodes above a replacement stay as they were, so f keeps to the type.
func Rewrite(n Node, f func(Node) Node) Node {
	if n == nil {
		return nil
	}
	old := children(n)
	changed := false
	fresh := make([]Node, len(old))
	for i, c := range old {
		fresh[i] = Rewrite(c, f)
		changed = changed || fresh[i] != c
	}
	if changed {
		n = withChildren(n, fresh)
	}
	return f(n)
}

// Equal says whether two trees compute the same in the same way: everything
// but offsets and nullability is compared.
func Equal(a, b Node) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Type() == b.Type() && own(a) == own(b) && slices.EqualFunc(children(a), children(b), Equal)
}

// children lists the expressions that a node is made of.
func children(n Node) []Node {
	switch n := n.(type) {
	case *Column, *Literal, *Now:
		return nil
	case *And:
		return n.Args
	case *Or:
		return n.Args
	case *Not:
		return []Node{n.Arg}
	case *Compare:
		return []Node{n.Left, n.Right}
	case *Distinct:
		return []Node{n.Left, n.Right}
	case *IsNull:
		return []Node{n.Arg}
	case *IsBool:
		return []Node{n.Arg}
	case *In:
		return append([]Node{n.Arg}, n.List...)
	case *Case:
		return n.parts()
	case *Coalesce:
		return n.Args
	case *NullIf:
		return []Node{n.Left, n.Right}
	case *Extreme:
		return n.Args
	case *Concat:
		return n.Args
	case *Match:
		return []Node{n.Arg}
	case *Call:
		return n.Args
	case *Aggregate:
		return n.parts()
	}
	panic(fmt.Sprintf("expr: no children known of %T", n))
}

func (n *Case) parts() []Node {
	all := make([]Node, 0, 2*len(n.Whens)+1)
	for _, w := range n.Whens {
		all = append(all, w.Cond, w.Then)
	}
	return append(all, n.Else)
}

func (n *Aggregate) parts() []Node {
	var all []Node
	for _, c := range []Node{n.Arg, n.By, n.Filter} {
		if c != nil {
			all = append(all, c)
		}
	}
	return all
}

// withChildren is a copy of n made of others, in the order of children.
func withChildren(n Node, c []Node) Node {
	switch n := n.(type) {
	case *And:
		return &And{n.base, c}
	case *Or:
		return &Or{n.base, c}
	case *Not:
		return &Not{n.base, c[0]}
	case *Compare:
		return &Compare{n.base, n.Op, c[0], c[1]}
	case *Distinct:
		return &Distinct{n.base, c[0], c[1], n.Not}
	case *IsNull:
		return &IsNull{n.base, c[0], n.Not}
	case *IsBool:
		return &IsBool{n.base, c[0], n.Want, n.Not}
	case *In:
		return &In{n.base, c[0], c[1:], n.Not}
	case *Case:
		whens := make([]When, len(n.Whens))
		for i := range whens {
			whens[i] = When{c[2*i], c[2*i+1]}
		}
		return &Case{n.base, whens, c[len(c)-1]}
	case *Coalesce:
		return &Coalesce{n.base, c}
	case *NullIf:
		return &NullIf{n.base, c[0], c[1]}
	case *Extreme:
		return &Extreme{n.base, n.Greatest, c}
	case *Concat:
		return &Concat{n.base, c}
	case *Match:
		return &Match{n.base, c[0], n.Syntax, n.Pattern, n.Escape}
	case *Call:
		return &Call{n.base, n.Func, c, n.Extra}
	case *Aggregate:
		return n.withParts(c)
	}
	panic(fmt.Sprintf("expr: no children known of %T", n))
}

func (n *Aggregate) withParts(c []Node) Node {
	out := *n
	for _, part := range []*Node{&out.Arg, &out.By, &out.Filter} {
		if *part != nil {
			*part, c = c[0], c[1:]
		}
	}
	return &out
}

// own is what a node says of itself, beside its children: comparable, and of a
// different Go type for each type of node.
func own(n Node) any {
	type tag[T any] struct{ own T }
	switch n := n.(type) {
	case *Column:
		return tag[Column]{Column{Input: n.Input, Index: n.Index}}
	case *Literal:
		if f, ok := n.Value.(float64); ok { // NaN is the same constant as NaN
			return tag[Literal]{Literal{Value: math.Float64bits(f)}}
		}
		return tag[Literal]{Literal{Value: n.Value}}
	case *Compare:
		return tag[string]{"compare " + n.Op}
	case *Distinct:
		return tag[string]{fmt.Sprint("distinct ", n.Not)}
	case *IsNull:
		return tag[string]{fmt.Sprint("is null ", n.Not)}
	case *IsBool:
		return tag[string]{fmt.Sprint("is bool ", n.Want, n.Not)}
	case *In:
		return tag[string]{fmt.Sprint("in ", n.Not)}
	case *Extreme:
		return tag[string]{fmt.Sprint("extreme ", n.Greatest)}
	case *Match:
		return tag[string]{fmt.Sprintf("match %s %d %s", n.Syntax, n.Escape, n.Pattern)}
	case *Call:
		return tag[string]{fmt.Sprintf("call %p %v", n.Func, n.Extra)}
	case *Aggregate:
		return tag[string]{fmt.Sprint("aggregate ", n.Kind, n.Distinct, n.By != nil, n.Filter != nil)}
	}
	return tag[string]{fmt.Sprintf("%T", n)} // the others are their children
}
