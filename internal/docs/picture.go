package docs

import (
	"fmt"
	"strings"

	"martlet/internal/contract"
)

// Picture is the lineage as it stands on the overview: all of it, small and still.
type Picture struct {
	ViewBox string
	Blocks  []Block
	Lines   []string // of the edges, in SVG's path language
}

// Block is a node in the picture.
type Block struct {
	X, Y  int
	Node  *Node
	Names []string // its name, in a line or a few
}

// The measures of the picture.
const (
	blockWidth  = 166
	blockHeight = 54
	blockGap    = 40
	blockPitch  = 66
	mostWidth   = 1200 // beyond that names could not be read
	mostHeight  = 900
	lineLetters = 17 // so many stand in a line of a block
	mostLines   = 3
)

// newPicture draws the nodes where the generator has placed them; nil where they are
// none, or too many for a picture.
func newPicture(p *contract.Project, nodes []*Node) *Picture {
	d := &Picture{}
	width, height := 0, 0
	for i, n := range nodes {
		place := p.Places[i]
		b := Block{X: columnX(place.Column), Y: rowY(place.Row), Node: n, Names: nameLines(n.Name)}
		d.Blocks = append(d.Blocks, b)
		width, height = max(width, b.X+blockWidth), max(height, b.Y+blockHeight)
		for _, reader := range n.ReadBy {
			d.Lines = append(d.Lines, line(place, p.Places[reader.index]))
		}
	}
	if len(nodes) == 0 || width > mostWidth || height > mostHeight {
		return nil
	}
	d.ViewBox = fmt.Sprintf("-1 -1 %d %d", width+2, height+2)
	return d
}

func columnX(column int) int { return column * (blockWidth + blockGap) }

// rowY is where a block begins whose middle is at a row.
func rowY(row int) int { return row * blockPitch / contract.RowUnits }

// line leads from a block to one that reads it, by the passes between.
func line(from, to contract.Place) string {
	var s strings.Builder
	x, y := columnX(from.Column)+blockWidth, rowY(from.Row)+blockHeight/2
	fmt.Fprintf(&s, "M%d %d", x, y)
	rows := append(append([]int(nil), from.Passes[:to.Column-from.Column-1]...), to.Row)
	for i, row := range rows {
		column := from.Column + 1 + i
		nextX, nextY := columnX(column), rowY(row)+blockHeight/2
		half := (x + nextX) / 2
		fmt.Fprintf(&s, "C%d %d %d %d %d %d", half, y, half, nextY, nextX, nextY)
		if x, y = nextX, nextY; column < to.Column {
			x += blockWidth
			fmt.Fprintf(&s, "H%d", x)
		}
	}
	return s.String()
}

// nameLines breaks a name into as few lines as it fits into, and cuts what is too long.
func nameLines(name string) []string {
	lines := []string{""}
	for _, part := range breaks(name) {
		if last := len(lines) - 1; lines[last] == "" || len(lines[last])+len(part) <= lineLetters {
			lines[last] += part
		} else {
			lines = append(lines, part)
		}
	}
	if len(lines) > mostLines {
		lines = append(lines[:mostLines-1], strings.Join(lines[mostLines-1:], ""))
	}
	for i, line := range lines {
		if len(line) > lineLetters {
			lines[i] = line[:lineLetters-1] + "…"
		}
	}
	return lines
}
