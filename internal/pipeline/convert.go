package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"martlet/internal/ingest"
	"martlet/internal/report"
)

func (a *app) convertCommand() *cobra.Command {
	o := &options{}
	var sheets []string
	cmd := &cobra.Command{
		Use:   "convert BOOK.xlsx",
		Short: "Convert any workbook to CSV, a file a sheet, without a schema",
		Long: `Convert any workbook to CSV, a file a sheet, without a schema. Line k is row k of
the sheet and every line has a field for each column. Dates, times and durations
are written as their number formats show them (2024-04-08 11:01:54), other
numbers in their shortest form, formulas by the result stored with them, no cell
as nothing, empty text as "". Every file is read back and compared with its
sheet before it is put in its place.

Exit status: 0 done; 1 done, but some cells have no value that could be written;
2 nothing was written.`,
		Example: "  build convert accounts.xlsx\n  build convert accounts.xlsx --sheet user_account --out csv",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%s takes one workbook, found %q", cmd.CommandPath(), args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.convert(cmd.Context(), args[0], sheets, o) },
	}
	cmd.Flags().StringArrayVar(&sheets, "sheet", nil, "a sheet to convert, by name; may be repeated (default: all)")
	cmd.Flags().StringVar(&o.out, "out", "", "folder of the CSV files (default: one called as the workbook, here)")
	o.addLimits(cmd)
	return cmd
}

func (a *app) convert(ctx context.Context, book string, sheets []string, o *options) error {
	limits, err := o.readLimits()
	if err != nil {
		return err
	}
	folder := o.out
	if folder == "" {
		folder = strings.TrimSuffix(filepath.Base(book), filepath.Ext(book))
	}
	results, err := ingest.ConvertBook(ctx, book, sheets, folder, limits)
	if err != nil {
		return impeded(ctx, err)
	}
	var rows [][]string
	var faults int64
	for _, r := range results {
		faults += r.Faults
		if r.Path == "" {
			rows = append(rows, []string{r.Sheet, "-", "-", "-", "-", strings.Join(r.Notes, "; ")})
			continue
		}
		rows = append(rows, []string{r.Sheet, r.Path, report.Count(r.Rows), report.Count(int64(r.Columns)), report.Count(r.Values), strings.Join(r.Notes, "; ")})
	}
	err = report.WriteTable(a.stdout, []report.Heading{{Title: "Sheet"}, {Title: "File"}, {Title: "Rows", Number: true}, {Title: "Columns", Number: true},
		{Title: "Values compared", Number: true}, {Title: "Note"}}, rows)
	if err != nil {
		return impeded(ctx, err)
	}
	if faults > 0 {
		return &exitError{status: exitBadData, err: fmt.Errorf("%s could not be written; see the notes", report.Plural(faults, "cell"))}
	}
	return nil
}
