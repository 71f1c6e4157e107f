// Package xlsx reads the cells of Office Open XML workbooks (ECMA-376, ISO/IEC
// 29500, transitional and strict), strictly: it gives what the file holds, or
// an error, and never a guess.
//
// Every part that is read is read to its end and held against the size and the
// CRC-32 that the archive has for it; XML that is not well-formed, UTF-8 that
// is broken, a cell outside its row, a string that is not there: each is an
// error that says where. Cells stand where their references say, and parts are
// found by their relationships.
//
// The cells are read by a streaming reader of this package, which holds one row
// at a time and the shared strings. What a workbook says beside its cells (the
// list of sheets, who is hidden, number formats, the date system) is excelize's
// to answer; it is given the few small parts that it needs for that, after they
// were checked, and never a sheet.
//
// The package knows the file format and nothing of where the cells go: no CSV,
// no declared column, no type but those of the cells.
package xlsx
