package xlsx

import "strconv"

// CellName names a cell as spreadsheets do: "B17". Column and row count from 1.
func CellName(column, row int) string { return ColumnName(column) + strconv.Itoa(row) }

// ColumnName is the letters of a column, which counts from 1.
func ColumnName(column int) string {
	var letters [8]byte
	i := len(letters)
	for ; column > 0 && i > 0; column = (column - 1) / 26 {
		i--
		letters[i] = byte('A' + (column-1)%26)
	}
	return string(letters[i:])
}

// parseReference reads the name of a cell; ok is false for what is none, and
// for a cell that no sheet has.
func parseReference(name []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(name) && i < 4; i++ {
		c := name[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	digits := name[i:]
	if i == 0 || len(digits) == 0 || len(digits) > 7 || digits[0] == '0' {
		return 0, 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		row = row*10 + int(c-'0')
	}
	return column, row, column <= MaxColumns && row <= MaxRows
}

// Area is a block of cells, its corners included; columns and rows count from 1.
type Area struct{ Left, Top, Right, Bottom int }

// String is the area as spreadsheets name it: "A2:B5".
func (a Area) String() string {
	return CellName(a.Left, a.Top) + ":" + CellName(a.Right, a.Bottom)
}

// parseArea reads the name of an area, or of one cell.
func parseArea(name []byte) (a Area, ok bool) {
	colon := len(name)
	for i, c := range name {
		if c == ':' {
			colon = i
			break
		}
	}
	if a.Left, a.Top, ok = parseReference(name[:colon]); !ok {
		return a, false
	}
	a.Right, a.Bottom = a.Left, a.Top
	if colon < len(name) {
		if a.Right, a.Bottom, ok = parseReference(name[colon+1:]); !ok {
			return a, false
		}
	}
	return a, a.Left <= a.Right && a.Top <= a.Bottom
}
