package layout

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// drawNodes makes up a graph. Layers are in order unless mixed.
func drawNodes(t *rapid.T, mixed bool) []Node {
	nodes := make([]Node, rapid.IntRange(1, 40).Draw(t, "nodes"))
	layer := 0
	for n := range nodes {
		if mixed {
			layer = rapid.IntRange(0, 3).Draw(t, "layer")
		} else if n > 0 {
			layer += rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "next")
		}
		nodes[n].Layer = fmt.Sprint(layer)
		for range rapid.IntRange(0, min(n, 4)).Draw(t, "inputs") {
			nodes[n].Inputs = append(nodes[n].Inputs, rapid.IntRange(0, n-1).Draw(t, "input"))
		}
	}
	return nodes
}

// TestLay holds any graph to what Place promises: edges go to the right, and in no
// column two things stand in each other's way.
func TestLay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := drawNodes(t, rapid.Bool().Draw(t, "mixed"))
		places, err := Lay(nodes)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Lay(nodes)
		if err != nil || !reflect.DeepEqual(places, again) {
			t.Fatalf("another layout the second time: %v and %v (%v)", places, again, err)
		}
		type slot struct{ row, half int }
		inColumn := map[int][]slot{}
		reach := make([]int, len(nodes))
		for n, p := range places {
			inColumn[p.Column] = append(inColumn[p.Column], slot{p.Row, contract.RowUnits / 2 * 4 / 5})
			for i, row := range p.Passes {
				inColumn[p.Column+1+i] = append(inColumn[p.Column+1+i], slot{row, 5})
			}
			for _, input := range nodes[n].Inputs {
				if places[input].Column >= p.Column {
					t.Fatalf("%d in column %d reads %d in column %d", n, p.Column, input, places[input].Column)
				}
				reach[input] = max(reach[input], p.Column)
			}
		}
		for n, p := range places {
			if want := max(0, reach[n]-p.Column-1); len(p.Passes) != want {
				t.Fatalf("%d in column %d passes %d columns, and is read as far as in column %d", n, p.Column, len(p.Passes), reach[n])
			}
		}
		for column, slots := range inColumn {
			slices.SortFunc(slots, func(a, b slot) int { return a.row - b.row })
			for i, s := range slots {
				if s.row < 0 || i > 0 && slots[i-1].row+slots[i-1].half > s.row-s.half {
					t.Fatalf("column %d: %v stand in each other's way", column, slots)
				}
			}
		}
	})
}

// TestLayersFromLeftToRight holds layers that read only earlier ones to stand one
// behind the other.
func TestLayersFromLeftToRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := drawNodes(t, false)
		for n := 1; n < len(nodes); n++ { // each layer rests on the one before
			if nodes[n].Layer != nodes[n-1].Layer {
				nodes[n].Inputs = append(nodes[n].Inputs, n-1)
			}
		}
		column := columns(nodes)
		for a := range nodes {
			for b := range a {
				if nodes[a].Layer != nodes[b].Layer && column[b] >= column[a] {
					t.Fatalf("%d of layer %s is in column %d, %d of layer %s before it in column %d",
						a, nodes[a].Layer, column[a], b, nodes[b].Layer, column[b])
				}
			}
		}
	})
}

func TestLayNothing(t *testing.T) {
	places, err := Lay(nil)
	if err != nil || len(places) != 0 {
		t.Fatalf("found %v and %v, expected nothing", places, err)
	}
}

func BenchmarkLay300(b *testing.B) {
	nodes := make([]Node, 300)
	for n := range nodes {
		nodes[n].Layer = fmt.Sprint(n / 75)
		for k := range min(n/75, 1) * 3 {
			nodes[n].Inputs = append(nodes[n].Inputs, (n*7+k*31)%((n/75)*75))
		}
	}
	for b.Loop() {
		if _, err := Lay(nodes); err != nil {
			b.Fatal(err)
		}
	}
}
