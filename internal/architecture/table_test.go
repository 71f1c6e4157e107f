package architecture

// Libraries, as the table names them: one package, or with /... all below it.
const (
	arrow      = "github.com/apache/arrow/go/v17/arrow"
	array      = arrow + "/array"
	decimal    = arrow + "/decimal128"
	ipc        = arrow + "/ipc"
	memory     = arrow + "/memory"
	cobra      = "github.com/spf13/cobra"
	flate      = "github.com/klauspost/compress/flate" // twice as fast as the standard library's
	hyperlog   = "github.com/axiomhq/hyperloglog"
	xxh3       = "github.com/zeebo/xxh3"
	excelize   = "github.com/xuri/excelize/v2"
	graphviz   = "github.com/goccy/go-graphviz" // starts with the program: for the generator, see internal/layout
	gzip       = "github.com/klauspost/compress/gzip"
	zstd       = "github.com/klauspost/compress/zstd"
	textCoding = "golang.org/x/text/encoding"
	transform  = "golang.org/x/text/transform"
	flock      = "github.com/gofrs/flock"
	lz4        = "github.com/pierrec/lz4/v4"
	parquet    = "github.com/apache/arrow/go/v17/parquet"
	humanize   = "github.com/dustin/go-humanize"
	errgroup   = "golang.org/x/sync/errgroup"
	isatty     = "github.com/mattn/go-isatty"
	jennifer   = "github.com/dave/jennifer/jen"
	pgGrammar  = "github.com/wasilibs/go-pgquery/..."
	pgTree     = "github.com/pganalyze/pg_query_go/v6"
	pretty     = "github.com/jedib0t/go-pretty/v6/..."
	memlimit   = "github.com/KimMachineGun/automemlimit/memlimit"
	progress   = "github.com/schollz/progressbar/v3"
	rapid      = "pgregory.net/rapid"
	similarity = "github.com/agext/levenshtein"
	toml       = "github.com/BurntSushi/toml"
	tomlPlaces = "github.com/pelletier/go-toml/v2/unstable"
	unix       = "golang.org/x/sys/unix"
)

// rule says what one package may import beside the standard library.
type rule struct {
	of     string   // path below the module; * stands for one part of it
	ours   []string // packages of the module, by the same paths
	theirs []string // libraries
	pure   bool     // and nothing of the standard library that does I/O
}

// table has every package of the module. Tests may import what they like, but
// for the generated packages: see TestGeneratedIsUnknown. So may the tests of
// those, which run the unit tests of models by internal/unittest.
var table = []rule{
	// The generator: main -> schema, plan, emitters; emitters -> plan -> expr, schema -> diag.
	{of: "gen", ours: []string{"gen/internal/diag", "gen/internal/schema", "gen/internal/plan", "gen/internal/goemit", "gen/internal/sqlemit", "gen/internal/expr"}},
	{of: "gen/internal/diag", theirs: []string{similarity}},
	{of: "gen/internal/diag/diagtest", ours: []string{"gen/internal/diag"}},
	{of: "gen/internal/schema", ours: []string{"gen/internal/diag"}, theirs: []string{toml, tomlPlaces}},
	{of: "gen/internal/expr", ours: []string{"gen/internal/diag", "internal/value"}, theirs: []string{pgGrammar, pgTree, arrow, decimal}, pure: true},
	{of: "gen/internal/dfa", pure: true},
	{of: "gen/internal/plan", ours: []string{"gen/internal/diag", "gen/internal/schema", "gen/internal/expr", "gen/internal/dfa"}, pure: true}, // dfa: to say which patterns have none
	{of: "gen/internal/goemit", ours: []string{"internal/layout", "gen/internal/diag", "gen/internal/plan", "gen/internal/expr", "gen/internal/dfa"}, theirs: []string{jennifer, arrow, decimal}, pure: true},
	{of: "gen/internal/randschema", pure: true},
	{of: "gen/internal/sqlemit", ours: []string{"gen/internal/plan", "gen/internal/expr"}, pure: true},

	// What it makes: the only packages that know a schema.
	{of: "generated", ours: []string{"internal/contract", "internal/value", "internal/arrowops"}, theirs: []string{arrow, array, decimal, memory}, pure: true},
	{of: "examples/*/generated", ours: []string{"internal/contract", "internal/value", "internal/arrowops"}, theirs: []string{arrow, array, decimal, memory}, pure: true},
	{of: "cmd/build", ours: []string{"generated", "internal/pipeline"}, pure: true},
	{of: "examples/*/cmd/build", ours: []string{"examples/*/generated", "internal/pipeline"}, pure: true},

	// The runtime.
	// Rows give the fields of a column as value reads them.
	{of: "internal/contract", ours: []string{"internal/value"}, theirs: []string{arrow, array, memory}, pure: true},
	{of: "internal/layout", ours: []string{"internal/contract"}, theirs: []string{graphviz}, pure: true},
	{of: "internal/value", theirs: []string{arrow, decimal}, pure: true},
	{of: "internal/hugepages"},
	{of: "internal/arrowops", ours: []string{"internal/value", "internal/hugepages"}, theirs: []string{arrow, array, decimal, memory}, pure: true},
	{of: "internal/delimited", ours: []string{"internal/contract"}, theirs: []string{gzip, zstd, textCoding + "/charmap", textCoding + "/unicode", transform}},
	{of: "internal/unittest", ours: []string{"internal/contract", "internal/value", "internal/arrowops"}, theirs: []string{arrow, decimal}, pure: true},
	{of: "internal/xlsx", theirs: []string{excelize, flate}},
	{of: "internal/ingest", ours: []string{"internal/contract", "internal/value", "internal/delimited", "internal/xlsx"}, theirs: []string{arrow, errgroup, humanize}},
	{of: "internal/scan", ours: []string{"internal/contract", "internal/delimited"}, theirs: []string{arrow}, pure: true},
	{of: "internal/sink", ours: []string{"internal/contract", "internal/value"}, theirs: []string{arrow, array, decimal, ipc, memory,
		parquet, parquet + "/compress", parquet + "/file", parquet + "/metadata", parquet + "/schema", lz4}, pure: true}, // lz4: Arrow's Parquet has no codec for it
	{of: "internal/frame", theirs: []string{arrow, ipc, memory}, pure: true},
	{of: "internal/spill", ours: []string{"internal/contract", "internal/arrowops", "internal/frame"}, theirs: []string{arrow, array, memory, flock}},
	{of: "internal/state", ours: []string{"internal/diskfile", "internal/frame"}, theirs: []string{arrow, memory}},
	// A log is a file as sink writes them, of batches as contract has them.
	{of: "internal/changes", ours: []string{"internal/contract", "internal/arrowops", "internal/sink"}, theirs: []string{arrow, array, decimal, memory}, pure: true},
	{of: "internal/diskfile", theirs: []string{unix}},
	{of: "internal/publish", theirs: []string{flock}},
	{of: "internal/manifest", ours: []string{"internal/contract"}, pure: true},
	{of: "internal/profile", ours: []string{"internal/contract", "internal/value"}, theirs: []string{arrow, array, decimal, hyperlog, xxh3}, pure: true},
	{of: "internal/selection", theirs: []string{similarity}, pure: true},
	{of: "internal/report", ours: []string{"internal/contract", "internal/value", "internal/manifest"}, theirs: []string{pretty}},
	{of: "internal/explain", ours: []string{"internal/report"}, pure: true}, // whose tables and numbers it writes
	{of: "internal/docs", ours: []string{"internal/contract", "internal/manifest", "internal/profile", "internal/report"}},
	{of: "internal/docs/docstest", ours: []string{"internal/contract", "internal/docs", "internal/layout", "internal/manifest", "internal/profile"}, pure: true},
	{of: "internal/preview"},
	{
		of: "internal/pipeline",
		ours: []string{"internal/contract", "internal/ingest", "internal/delimited", "internal/scan", "internal/sink", "internal/diskfile", "internal/publish", "internal/report",
			"internal/manifest", "internal/selection", "internal/arrowops", "internal/value", "internal/unittest", "internal/spill", "internal/state", "internal/changes", "internal/explain", "internal/profile", "internal/docs", "internal/preview"},
		theirs: []string{arrow, array, decimal, ipc, memory, cobra, isatty, progress, humanize, memlimit},
	},

	// Beside the program.
	{of: "internal/architecture"},
	{of: "internal/scratch"},
	{of: "internal/histories", ours: []string{"internal/sink"}, theirs: []string{ipc, rapid}}, // it reads logs of changes as CSV has them
	{of: "tests/browser/large", ours: []string{"internal/docs", "internal/docs/docstest"}},
	{of: "raw_data/sample", theirs: []string{excelize}},
}

// impure is what a pure package must do without: files, processes, the network.
var impure = []string{"os/...", "io/fs", "net/...", "syscall", "flag", "log/..."}
