package xlsx

// Limits bound what a workbook may make its reader do. A zero is no limit.
type Limits struct {
	Entries int   // files in the archive
	Part    int64 // bytes of one part, inflated
	Ratio   int64 // bytes inflated for each byte read, looked at from ratioFrom bytes on
	Rows    int   // the last row of a sheet
	Columns int   // the last column of a sheet
	Strings int64 // bytes of the shared strings, in memory
}

// The most rows and columns that a sheet can have.
const (
	MaxRows    = 1_048_576
	MaxColumns = 16_384
)

// ratioFrom is how much of a part is inflated before its ratio counts: little
// files of one repeated byte are no harm.
const ratioFrom = 16 << 20

// DefaultLimits are far beyond what people make and near to what a machine can
// take: a sheet of every row and fifty columns passes.
func DefaultLimits() Limits {
	return Limits{Entries: 10_000, Part: 16 << 30, Ratio: 500, Rows: MaxRows, Columns: MaxColumns, Strings: 2 << 30}
}
