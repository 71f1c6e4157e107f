package layout

import "slices"

// columns gives the column of each node, from 0 on the left. A node stands to the
// right of all it reads and of all layers before its own.
func columns(nodes []Node) []int {
	of, bands := bandsOf(nodes)
	column := make([]int, len(nodes))
	end := make([]int, len(bands)) // of each band, the column behind it
	for _, b := range bands {
		start := 0
		for _, before := range b.before {
			start = max(start, end[before])
		}
		for n := range nodes {
			if of[n] != b.index {
				continue
			}
			column[n] = start
			for _, input := range nodes[n].Inputs {
				column[n] = max(column[n], column[input]+1)
			}
			end[b.index] = max(end[b.index], column[n]+1)
		}
	}
	return column
}

// band is a layer, or several that read each other and so cannot stand one behind
// the other.
type band struct {
	index  int
	before []int // the bands that it rests on, however far back
}

// bandsOf gives the band of each node, and the bands, each behind all it rests on.
func bandsOf(nodes []Node) (of []int, bands []band) {
	var layers []string
	layer := make([]int, len(nodes))
	for n := range nodes {
		layer[n] = slices.Index(layers, nodes[n].Layer)
		if layer[n] < 0 {
			layer[n] = len(layers)
			layers = append(layers, nodes[n].Layer)
		}
	}
	rests := restsOn(nodes, layer, len(layers))
	band := make([]int, len(layers)) // the first layer that reads each other with it
	for a := range layers {
		band[a] = a
		for b := a - 1; b >= 0; b-- {
			if rests[a][b] && rests[b][a] {
				band[a] = b
			}
		}
	}
	of = make([]int, len(nodes))
	for n := range nodes {
		of[n] = band[layer[n]]
	}
	return of, ordered(band, rests)
}

// restsOn says of each two layers whether the first rests on the second.
func restsOn(nodes []Node, layer []int, layers int) [][]bool {
	rests := make([][]bool, layers)
	for a := range rests {
		rests[a] = make([]bool, layers)
	}
	for n := range nodes {
		for _, input := range nodes[n].Inputs {
			rests[layer[n]][layer[input]] = true
		}
	}
	for via := range rests {
		for a := range rests {
			for b := range rests {
				rests[a][b] = rests[a][b] || rests[a][via] && rests[via][b]
			}
		}
	}
	return rests
}

// ordered lists the bands by how many others they rest on, which is more than any
// of those do.
func ordered(of []int, rests [][]bool) []band {
	bands := make([]band, len(of))
	for b := range bands {
		bands[b].index = b
		for other := range of {
			if of[b] == b && of[other] == other && other != b && rests[b][other] {
				bands[b].before = append(bands[b].before, other)
			}
		}
	}
	slices.SortStableFunc(bands, func(a, b band) int { return len(a.before) - len(b.before) })
	return bands
}
