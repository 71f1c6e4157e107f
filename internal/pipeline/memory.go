package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/dustin/go-humanize"
)

// budget is how much memory a run may use, in bytes, and how it is shared out: a
// quarter for what models hold that are computed in parts, a quarter for what
// uniqueness and relationships tests remember, an eighth for rows on their way to
// temporary files. The rest is for batches under way, for profiles, and for what the
// estimates have wrong. A model is computed in parts where it would hold more than half.
type budget int64

func (b budget) whole() int64   { return int64(b) / 2 }
func (b budget) models() int64  { return int64(b) / 4 }
func (b budget) tests() int64   { return int64(b) / 4 }
func (b budget) writing() int64 { return int64(b) / 8 }

// leastMemory is what a run needs for batches under way, whatever it is told.
const leastMemory = 128 << 20

// readMemory makes sense of --memory; "" is three quarters of what the machine
// has, or the control group where that has less.
func readMemory(text string) (budget, error) {
	if text == "" {
		return defaultMemory(), nil
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n == 0 || n > math.MaxInt64 {
		return 0, fmt.Errorf("--memory is %q; give a size, as 2GB or 512MiB", text)
	}
	return budget(n), nil
}

func defaultMemory() budget {
	has, err := memlimit.FromSystem()
	if limit, problem := memlimit.FromCgroup(); problem == nil && (err != nil || limit < has) {
		has, err = limit, nil
	}
	if err != nil || has > math.MaxInt64 {
		return 4 << 30 // of a machine that does not say
	}
	return budget(max(has/4*3, leastMemory))
}

// unpacked is how many times as large compressed extracts are taken to be: no
// less than most are.
const unpacked = 8

// estimate is about how many rows a file has and how many bytes of memory they take,
// from its size and the length of its first records.
func estimate(path string, size int64, columns int) (rows, bytes int64) {
	record := int64(32)
	if strings.HasSuffix(path, ".gz") || strings.HasSuffix(path, ".zst") {
		size *= unpacked
	} else if n := recordLength(path); n > 0 {
		record = n
	}
	fixed := int64(columns)*9 + 24 // a value and its validity a column, a key and a place in its table
	rows = size / record
	return rows, rows * max(record+24, fixed)
}

// recordLength is the mean length of the first lines of a file, 0 where it has none.
func recordLength(path string) int64 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0
	}
	lines := bytes.Count(head[:n], []byte{'\n'})
	if lines == 0 {
		return 0
	}
	return int64(max(n/lines, 1))
}

// sizes estimates what the rows of each node take in memory: from its files, or of a
// model no more than what it is computed from.
func sizes(g *graph, inputs [][]*input) []int64 {
	all := make([]int64, len(g.nodes))
	for _, n := range g.nodes { // inputs come first
		for _, in := range inputs[n.index] {
			all[n.index] += in.memory
		}
		if len(inputs[n.index]) > 0 {
			continue
		}
		for _, from := range n.inputs {
			all[n.index] += all[from.index]
		}
	}
	return all
}

// rowCounts estimates how many rows each node has: those of its files, or a model no
// more than its base.
func rowCounts(g *graph, inputs [][]*input) []int64 {
	all := make([]int64, len(g.nodes))
	for _, n := range g.nodes { // inputs come first
		for _, in := range inputs[n.index] {
			all[n.index] += in.rows
		}
		if n.model != nil && len(inputs[n.index]) == 0 {
			all[n.index] = all[n.inputs[0].index]
		}
	}
	return all
}
