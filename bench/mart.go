package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"martlet/generated"
	"martlet/internal/contract"
	"martlet/internal/pipeline"
)

// asOf is when the sample is built: nothing happened later.
const asOf = "2024-05-01"

// published is where the program leaves the mart, below --out.
const published = "out/current/mart_users_marketing"

// buildMart runs the sample's program on a folder of CSV files.
func buildMart(args ...string) func(job) (outcome, error) {
	return func(j job) (outcome, error) { return build(plainProject(), j, args...) }
}

// martProject is the sample up to the mart, which is what its peers compute.
func martProject() *contract.Project {
	p := generated.Project()
	mart := slices.IndexFunc(p.Models, func(m contract.Model) bool { return m.Name == path.Base(published) })
	p.Models = p.Models[:mart+1]
	return p
}

// plainProject is that without incremental models: a run of it publishes the mart and
// leaves nothing for the next one, as those of its peers do.
func plainProject() *contract.Project {
	p := martProject()
	p.Increments = nil
	for i := range p.Models {
		p.Models[i].Increment = nil
	}
	return p
}

// build runs a project on a folder of CSV files.
func build(p *contract.Project, j job, args ...string) (outcome, error) {
	all := []string{
		"--root", j.Input, "--as-of", asOf,
		"--out", filepath.Join(j.Scratch, "out"), "--target-path", filepath.Join(j.Scratch, "target"),
	}
	if j.Cores > 0 {
		all = append(all, "--threads", strconv.Itoa(j.Cores))
	}
	var errors bytes.Buffer
	if status := pipeline.Execute(context.Background(), p, append(all, args...), io.Discard, &errors); status != 0 {
		_, _ = os.Stderr.Write(errors.Bytes())
		return outcome{}, fmt.Errorf("exit status %d", status)
	}
	return outcome{CSV: published + ".csv", Files: []string{published + ".csv", published + ".arrow"}}, nil
}

// help is what the program says of its flags.
var help = sync.OnceValue(func() string {
	var out bytes.Buffer
	pipeline.Execute(context.Background(), generated.Project(), []string{"--help"}, &out, io.Discard)
	return out.String()
})

// knows says whether the program has a flag.
func knows(flag string) bool { return strings.Contains(help(), " "+flag+" ") }
