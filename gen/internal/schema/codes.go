package schema

import "martlet/gen/internal/diag"

// The errors that reading a schema finds.
const (
	Unreadable               diag.Code = "unreadable_file"
	Syntax                   diag.Code = "syntax"
	UnknownKey               diag.Code = "unknown_key"
	WrongType                diag.Code = "wrong_type"
	MissingKey               diag.Code = "missing_key"
	DuplicateName            diag.Code = "duplicate_name"
	DuplicateValue           diag.Code = "duplicate_value"
	DuplicateSeed            diag.Code = "duplicate_seed"
	BadName                  diag.Code = "bad_name"
	UnknownWord              diag.Code = "unknown_word"
	EmptyText                diag.Code = "empty_text"
	EmptyList                diag.Code = "empty_list"
	SheetWithoutWorkbook     diag.Code = "sheet_without_workbook"
	BadTimezone              diag.Code = "bad_timezone"
	BadDuration              diag.Code = "bad_duration"
	BadPath                  diag.Code = "bad_path"
	BadWorkbook              diag.Code = "bad_workbook"
	UnknownTest              diag.Code = "unknown_test"
	BadTest                  diag.Code = "bad_test"
	BadThreshold             diag.Code = "bad_threshold"
	TestWithoutColumn        diag.Code = "test_without_column"
	BadDialect               diag.Code = "bad_dialect"
	BadAllowance             diag.Code = "bad_allowance"
	WorkbookSeed             diag.Code = "workbook_seed"
	NeutralizeWithoutCSV     diag.Code = "neutralize_without_csv"
	NothingToCompress        diag.Code = "nothing_to_compress"
	DictionariesWithoutArrow diag.Code = "dictionaries_without_arrow"
	BadInclude               diag.Code = "bad_include"
	BadRows                  diag.Code = "bad_rows"
)

// Codes explains them.
var Codes = []diag.Explained{
	{Code: Unreadable, Explanation: "The schema file cannot be read."},
	{Code: Syntax, Explanation: "The file is not TOML 1.1."},
	{Code: UnknownKey, Explanation: "A table has a key that the schema language does not have at that place."},
	{Code: WrongType, Explanation: "A value is of another TOML type than its key takes."},
	{Code: MissingKey, Explanation: "A table lacks a key that it needs."},
	{Code: DuplicateName, Explanation: "Two things that are told apart by name have the same one."},
	{Code: DuplicateValue, Explanation: "A list that names each thing once names one twice."},
	{Code: DuplicateSeed, Explanation: "Two sources would be converted to the same seed file."},
	{Code: BadName, Explanation: "A name is not an identifier of at most 63 letters, digits and underscores, or a tag not a word."},
	{Code: UnknownWord, Explanation: "A key that takes one of a few words has another one."},
	{Code: EmptyText, Explanation: "A text that has to say something is empty."},
	{Code: EmptyList, Explanation: "A list that needs at least one entry has none."},
	{Code: SheetWithoutWorkbook, Explanation: "A source names a sheet but no workbook to find it in."},
	{Code: BadTimezone, Explanation: "The timezone is not the name of one in the IANA database."},
	{Code: BadDuration, Explanation: "A duration is not a positive number of whole minutes such as 90m, 24h or 2d, or the later limit is the shorter one."},
	{Code: BadPath, Explanation: "A path is not a plain relative path below the root."},
	{Code: BadWorkbook, Explanation: "A workbook is not an .xlsx or .xlsm file."},
	{Code: UnknownTest, Explanation: "A test is called by a word that is not a kind of test."},
	{Code: BadTest, Explanation: "A test does not have exactly one kind, or not with what that kind needs."},
	{Code: BadThreshold, Explanation: "A threshold is not an operator and a number of failures or a percentage of the rows."},
	{Code: TestWithoutColumn, Explanation: "A test that looks at one column stands at a node, where no column is meant."},
	{Code: BadDialect, Explanation: "A delimiter or quote is not one ASCII character that can be it, both are the same, or a null is a word that no field can be."},
	{Code: BadAllowance, Explanation: "An allowance of rejects is neither a count from 0 nor a percentage from 0% to 100%."},
	{Code: WorkbookSeed, Explanation: "A source says how its CSV file is written, but has a workbook: its seed is written by the program."},
	{Code: NeutralizeWithoutCSV, Explanation: "An output neutralizes formulas, but CSV is not among its formats."},
	{Code: NothingToCompress, Explanation: "An output has a compression, but neither Arrow nor Parquet is among its formats."},
	{Code: DictionariesWithoutArrow, Explanation: "An output has dictionaries, but Arrow is not among its formats."},
	{Code: BadInclude, Explanation: "An include names no file, or the schema itself."},
	{Code: BadRows, Explanation: "Rows of a unit test are given in two ways, as CSV that cannot be read, or with a column that is not compared."},
}
