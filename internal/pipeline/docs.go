package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"martlet/internal/docs"
	"martlet/internal/preview"
	"martlet/internal/report"
)

// docsOptions are the flags of docs as given.
type docsOptions struct {
	options
	serve bool
	port  int
}

func (a *app) docsCommand() *cobra.Command {
	o := &docsOptions{}
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Write the page on which the project can be looked at",
		Long: `Write docs/index.html in the target folder: what the last run found, the lineage
of nodes and columns, descriptions, tests and SQL, in one file that opens from
disk. Nothing is computed; of a project that has not run yet it shows what it is
made of. With --serve the page is served to this machine alone instead, and loads
itself anew after each run, until the command is interrupted.

Exit status: 0 done; 2 what runs have left cannot be read, or the page not be
written or served.`,
		Example: "  build docs\n  build docs --serve\n  build docs --serve --port 9000",
		Args:    a.noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.docs(cmd.Context(), o) },
	}
	o.addFolders(cmd)
	cmd.Flags().BoolVar(&o.serve, "serve", false, "serve the page at 127.0.0.1 and keep it up to date")
	cmd.Flags().IntVar(&o.port, "port", 8080, "the port to serve it at, 0 for any that is free")
	return cmd
}

func (a *app) docs(ctx context.Context, o *docsOptions) error {
	if err := o.checkRoot(); err != nil {
		return err
	}
	target := o.targetFolder()
	if o.serve {
		return impeded(ctx, a.serveDocs(ctx, target, o.port))
	}
	path := pageFile(target)
	page, err := a.docsPage(target, false)
	if err == nil {
		if err = os.MkdirAll(filepath.Dir(path), 0o750); err == nil {
			err = report.WriteFile(path, page)
		}
		if err != nil {
			err = fmt.Errorf("%s: the page cannot be written there (%w); give another folder with --target-path", path, cause(err))
		}
	}
	if err != nil {
		return impeded(ctx, err)
	}
	_, err = fmt.Fprintf(a.stdout, "%s  %s\nOpen it in a browser; it needs no server.\n", path, report.Size(int64(len(page))))
	return err
}

func pageFile(target string) string { return filepath.Join(target, "docs", "index.html") }

// docsPage is the page of what runs have left in the target folder.
func (a *app) docsPage(target string, live bool) ([]byte, error) {
	var files docs.Files
	var problems []error
	for _, f := range docsFiles(&files) {
		text, err := os.ReadFile(filepath.Join(target, f.name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
		*f.text = text
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	page, err := docs.Page(a.project, files, live)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", target, err)
	}
	return page, nil
}

// docsFile is a file that the page is made from, and where its text goes.
type docsFile struct {
	name string
	text *[]byte
}

func docsFiles(files *docs.Files) []docsFile {
	return []docsFile{{resultsFile, &files.Results}, {sourcesName, &files.Sources}, {historyFile, &files.History}, {profilesFile, &files.Profiles}, {profilesBeforeFile, &files.Before}}
}

// serveDocs serves the page until the context ends.
func (a *app) serveDocs(ctx context.Context, target string, port int) error {
	if _, err := a.docsPage(target, true); err != nil {
		return err
	}
	l, err := preview.Listen(port)
	if err != nil {
		return err
	}
	page := preview.Page{Render: func() ([]byte, error) { return a.docsPage(target, true) }}
	for _, f := range docsFiles(&docs.Files{}) {
		page.Files = append(page.Files, filepath.Join(target, f.name))
	}
	if _, err := fmt.Fprintf(a.stdout, "http://%s/\nInterrupt to end.\n", l.Addr()); err != nil {
		return errors.Join(err, l.Close())
	}
	return preview.Serve(ctx, l, page)
}
