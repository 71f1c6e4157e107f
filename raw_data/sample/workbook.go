package main

import (
	"errors"
	"math/big"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// Number formats of ECMA-376, 18.8.30, that a spreadsheet shows as a date.
const (
	formatDay    = 14
	formatMoment = 22
)

// workbook gives the bytes of an xlsx file with the tables as its sheets. They
// depend on nothing but the tables: excelize sorts the parts of the file and
// stamps no time on them, and the document's own dates are set here.
func workbook(t *tables) (book []byte, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	w := writer{file: f}
	if w.days, err = f.NewStyle(&excelize.Style{NumFmt: formatDay}); err != nil {
		return nil, err
	}
	if w.moments, err = f.NewStyle(&excelize.Style{NumFmt: formatMoment}); err != nil {
		return nil, err
	}
	for _, sheet := range t.all() {
		if err := w.sheet(sheet); err != nil {
			return nil, err
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		return nil, err
	}
	if err := f.SetDocProps(&excelize.DocProperties{
		Creator: "raw_data/sample", Title: "Sample user accounts",
		Description: "Invented users; see raw_data/sample.",
		Created:     "2024-04-30T20:00:00Z", Modified: "2024-04-30T20:00:00Z",
	}); err != nil {
		return nil, err
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// writer writes sheets of one file.
type writer struct {
	file          *excelize.File
	days, moments int // styles
}

func (w writer) sheet(t *table) error {
	if _, err := w.file.NewSheet(t.name); err != nil {
		return err
	}
	for column, name := range t.header {
		if err := w.cell(t.name, column, 0, name); err != nil {
			return err
		}
	}
	for i, r := range t.rows {
		for column, c := range r {
			if err := w.cell(t.name, column, i+1, c); err != nil {
				return err
			}
		}
	}
	return w.file.SetColWidth(t.name, "A", "E", 22)
}

// cell writes one cell; column and line count from 0.
func (w writer) cell(sheet string, column, line int, c cell) error {
	if c == nil {
		return nil
	}
	name, err := excelize.CoordinatesToCellName(column+1, line+1)
	if err != nil {
		return err
	}
	switch v := c.(type) {
	case day:
		return w.serial(sheet, name, time.Time(v), w.days)
	case time.Time:
		return w.serial(sheet, name, v, w.moments)
	}
	return w.file.SetCellValue(sheet, name, c)
}

// serial writes a moment as Excel counts it, in days since the end of 1899 with
// the time of day as a fraction, and the style that shows it as a date. It
// writes all the digits of the number, as Excel does; given a float64, excelize
// cuts it off after 15, which is up to 9 microseconds early.
func (w writer) serial(sheet, name string, t time.Time, style int) error {
	if err := w.file.SetCellDefault(sheet, name, strconv.FormatFloat(serial(t), 'f', -1, 64)); err != nil {
		return err
	}
	return w.file.SetCellStyle(sheet, name, name, style)
}

// serial is the number nearest to the moment. It holds for the 1900 date system
// from March 1900 on: the system counts a 29 February 1900 that never was.
func serial(t time.Time) float64 {
	epoch := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	days, _ := big.NewRat(int64(t.Sub(epoch)), int64(24*time.Hour)).Float64()
	return days
}
