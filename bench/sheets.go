package main

import (
	"archive/zip"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"martlet/internal/xlsx"
)

// sheetGroup is the reading of one sheet of five columns, to its last cell.
func sheetGroup(rows int, shared bool) group {
	in := input{name: fmt.Sprintf("%d-%t.xlsx", rows, shared), rows: rows, make: makeBook(rows, shared)}
	return group{
		name: fmt.Sprintf("sheet of %s rows, %s strings", grouped(rows), map[bool]string{false: "inline", true: "shared"}[shared]),
		contenders: []contender{
			{name: "martlet", input: in, run: reading(rows, readSheet)},
			{name: "excelize, raw rows", input: in, run: reading(rows, readExcelize)},
			{name: "inflate and count bytes", input: in, run: reading(rows, inflateSheet(rows))},
		},
		columns: []column{rate, wall, cpu, peak, times("excelize, raw rows"), times("inflate and count bytes")},
	}
}

// readSheet reads every cell.
func readSheet(path string) (rows int, err error) {
	book, err := xlsx.Open(path, path, xlsx.DefaultLimits())
	if err != nil {
		return 0, err
	}
	defer book.Close()
	sheet, err := book.Rows("user_account")
	if err != nil {
		return 0, err
	}
	defer sheet.Close()
	bytes := 0
	for {
		row, err := sheet.Next()
		if err == io.EOF {
			return rows - 1, nil
		}
		if err != nil {
			return 0, err
		}
		for i := range row.Cells {
			bytes += len(row.Cells[i].Raw)
		}
		rows++
	}
}

// readExcelize reads every cell as its documentation has it for speed.
func readExcelize(path string) (rows int, err error) {
	file, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, err
	}
	defer file.Close()
	sheet, err := file.Rows("user_account")
	if err != nil {
		return 0, err
	}
	bytes := 0
	for sheet.Next() {
		columns, err := sheet.Columns()
		if err != nil {
			return 0, err
		}
		for _, text := range columns {
			bytes += len(text)
		}
		rows++
	}
	return rows - 1, sheet.Close()
}

// inflateSheet is the floor: it inflates the sheet and the strings and looks at
// nothing.
func inflateSheet(rows int) func(path string) (int, error) {
	return func(path string) (int, error) {
		file, err := zip.OpenReader(path)
		if err != nil {
			return 0, err
		}
		defer file.Close()
		file.RegisterDecompressor(zip.Deflate, flate.NewReader)
		for _, part := range file.File {
			in, err := part.Open()
			if err != nil {
				return 0, err
			}
			if _, err := io.Copy(io.Discard, in); err != nil {
				return 0, err
			}
		}
		return rows, nil
	}
}
