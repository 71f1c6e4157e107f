package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"martlet/generated"
	"martlet/internal/pipeline"
)

// explainGroup is what it takes to say why one user is in the mart as they are.
func explainGroup(users int) group {
	in := userTables(users, usual)
	const full, one = "full build", "explain, one user"
	seconds := func(all []result) (float64, bool) {
		r, ok := find(all, one)
		return r.wall.Seconds(), ok
	}
	by := func(key string) func(job) (outcome, error) {
		return func(j job) (outcome, error) { return explainUser(j, key) }
	}
	return group{
		name: fmt.Sprintf("explain, one of %s users", grouped(users)),
		note: "The sources are scanned for the records of the user. A user of whom there are none is looked for as far. By an\n" +
			"email the staging model computes: nothing can be looked for in the source, so that the mart is read in full first.",
		contenders: []contender{
			{name: full, input: in, run: buildMart()},
			{name: one, input: in, run: by(strconv.FormatInt(id(users/2), 10))},
			{name: "explain, no such user", input: in, run: by("1")},
			{name: "explain, by email", input: in, run: by("email=nobody@example.com")},
		},
		columns: []column{wall, cpu, anon, peak, wallOf(full), cpuOf(full)},
		claims: []claim{
			{what: "seconds", bound: 1.5, figure: seconds},
			{what: "wall of a full build's", bound: 0.25, figure: share(one, wallShare, full)},
		},
	}
}

// explainUser explains a row of the mart.
func explainUser(j job, key string) (outcome, error) {
	const file = "explained.txt"
	args := []string{"explain", "mart_users_marketing", "--root", j.Input, "--as-of", asOf, "--target-path", filepath.Join(j.Scratch, "target"), "--key", key}
	var said, problems bytes.Buffer
	if status := pipeline.Execute(context.Background(), generated.Project(), args, &said, &problems); status != 0 {
		return outcome{}, fmt.Errorf("exit status %d: %s", status, problems.String())
	}
	return outcome{Files: []string{file}}, os.WriteFile(filepath.Join(j.Scratch, file), said.Bytes(), 0o640)
}
