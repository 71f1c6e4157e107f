package ingest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"martlet/internal/xlsx"
)

// Limits bound what a workbook may make a run do. A zero is no limit.
type Limits struct {
	xlsx.Limits
	Temporary int64 // bytes of one CSV file in the making
}

// DefaultLimits let pass what people make.
func DefaultLimits() Limits {
	return Limits{Limits: xlsx.DefaultLimits(), Temporary: 16 << 30}
}

// limit is one of the limits, for flags.
type limit struct {
	name, about string
	bytes       bool
	set         func(l *Limits, n int64)
	get         func(l *Limits) int64
}

// limits are all, sorted by name.
var limits = []limit{
	{"columns", "last column of a sheet", false, func(l *Limits, n int64) { l.Columns = int(n) }, func(l *Limits) int64 { return int64(l.Columns) }},
	{"entries", "files in a workbook", false, func(l *Limits, n int64) { l.Entries = int(n) }, func(l *Limits) int64 { return int64(l.Entries) }},
	{"part", "one of these, inflated", true, func(l *Limits, n int64) { l.Part = n }, func(l *Limits) int64 { return l.Part }},
	{"ratio", "times that one may grow when inflated", false, func(l *Limits, n int64) { l.Ratio = n }, func(l *Limits) int64 { return l.Ratio }},
	{"rows", "last row of a sheet", false, func(l *Limits, n int64) { l.Rows = int(n) }, func(l *Limits) int64 { return int64(l.Rows) }},
	{"strings", "texts of a workbook, in memory", true, func(l *Limits, n int64) { l.Strings = n }, func(l *Limits) int64 { return l.Strings }},
	{"temporary", "one CSV file in the making", true, func(l *Limits, n int64) { l.Temporary = n }, func(l *Limits) int64 { return l.Temporary }},
}

// Set changes a limit by its name: "rows" to "100000", "part" to "8GiB". 0 is no limit.
func (l *Limits) Set(name, text string) error {
	i := slices.IndexFunc(limits, func(each limit) bool { return each.name == name })
	if i < 0 {
		var names []string
		for _, each := range limits {
			names = append(names, each.name)
		}
		return fmt.Errorf("there is no limit %q; the limits are %s", name, strings.Join(names, ", "))
	}
	var n uint64
	var err error
	if limits[i].bytes {
		n, err = humanize.ParseBytes(text)
	} else {
		n, err = strconv.ParseUint(text, 10, 31)
	}
	if err != nil || n > math.MaxInt64 {
		example := "100000"
		if limits[i].bytes {
			example = "8GiB"
		}
		return fmt.Errorf("the limit %s=%s is not a number; write it as %s=%s, or 0 for none", name, text, name, example)
	}
	limits[i].set(l, int64(n))
	return nil
}

// DescribeLimits lists the limits with their defaults, for people.
func DescribeLimits() string {
	defaults := DefaultLimits()
	list := make([]string, len(limits))
	for i, each := range limits {
		n := each.get(&defaults)
		shown := strconv.FormatInt(n, 10)
		if each.bytes {
			shown = strings.NewReplacer(" ", "", ".0", "").Replace(humanize.IBytes(uint64(n)))
		}
		list[i] = fmt.Sprintf("%s=%s (%s)", each.name, shown, each.about)
	}
	return strings.Join(list, ", ")
}
