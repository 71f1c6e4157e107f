package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"martlet/generated"
	"martlet/internal/pipeline"
)

const users = 5_000_000

// testsGroup is the sample's pipeline from CSV files to published data, with all
// its tests and with none.
func testsGroup(name string, users int) group {
	return group{
		name: name, file: fmt.Sprintf("project-%d", users), rows: users, make: makeProject(users),
		contenders: []contender{
			{"all tests", buildSample(users)},
			{"no tests", buildSample(users, "--exclude", "test_type:generic test_type:singular")},
		},
		against: []string{"no tests"}, byCPU: true,
	}
}

// buildSample runs the sample's program on a folder of CSV files.
func buildSample(users int, args ...string) func(root string) (int, error) {
	return func(root string) (int, error) {
		out, err := os.MkdirTemp(root, "run-")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(out)
		args = append([]string{"--root", root, "--as-of", "2024-05-01", "--out", filepath.Join(out, "out"), "--target-path", filepath.Join(out, "target")}, args...)
		if status := pipeline.Execute(context.Background(), generated.Project(), args, io.Discard, os.Stderr); status != 0 {
			return 0, fmt.Errorf("exit status %d", status)
		}
		return users, nil
	}
}

// makeProject writes the tables of the sample's sources for so many users, in no
// order of their ids: what is wrong with them is nothing.
func makeProject(users int) func(root string) error {
	return func(root string) error {
		seeds := filepath.Join(root, "seeds")
		if err := os.MkdirAll(seeds, 0o750); err != nil {
			return err
		}
		t := &tables{random: rand.New(rand.NewPCG(3, 4)), first: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)}
		files := []struct {
			name, header string
			share        float64 // of the users that have a record
			fill         func(line []byte) []byte
		}{
			{"user_account", "email,created_timestamp,last_updated,internal_user", 1, t.account},
			{"user_account_closures", "closed_timestamp", 0.1, t.time},
			{"user_account_reactivations", "reopened_timestamp", 0.05, t.time},
			{"user_marketing_preferences", "marketing_opt_in,timestamp", 1, t.preference},
			{"user_account_attributes", "gender,country,date_of_birth", 0.9, t.attributes},
		}
		for _, f := range files {
			err := makeFile(filepath.Join(seeds, f.name+".csv"), func(w io.Writer) error {
				_, err := fmt.Fprintln(w, "user_id,"+f.header)
				var line []byte
				for i := range users {
					if t.random.Float64() >= f.share {
						continue
					}
					// A permutation of the users, as the factor has no divisor in common with their number.
					line = strconv.AppendInt(line[:0], int64(10_000_000+i*7_919%users), 10)
					line = append(f.fill(append(line, ',')), '\n')
					_, _ = w.Write(line) // Flush tells
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		country, err := os.ReadFile(filepath.Join(repository(), "seeds", "country.csv"))
		return errors.Join(err, os.WriteFile(filepath.Join(seeds, "country.csv"), country, 0o640))
	}
}

// repository is the folder of the main module, from that of this one, where the
// benchmarks are run.
func repository() string { return ".." }

// tables makes the fields of records.
type tables struct {
	random *rand.Rand
	first  time.Time
}

func (t *tables) at(days int) time.Time {
	return t.first.Add(time.Duration(t.random.IntN(days*86400)) * time.Second)
}

func (t *tables) account(line []byte) []byte {
	line = fmt.Appendf(line, "user.%d@example%d.org,", t.random.Int64(), t.random.IntN(100))
	created := t.at(3000)
	line = append(created.AppendFormat(line, time.DateTime), ',')
	line = append(created.Add(time.Duration(t.random.IntN(30_000_000))*time.Second).AppendFormat(line, time.DateTime), ',')
	return strconv.AppendBool(line, t.random.IntN(50) == 0)
}

func (t *tables) time(line []byte) []byte { return t.at(3300).AppendFormat(line, time.DateTime) }

func (t *tables) preference(line []byte) []byte {
	return t.time(append(strconv.AppendBool(line, t.random.IntN(2) == 0), ','))
}

func (t *tables) attributes(line []byte) []byte {
	line = append(line, []string{"M,", "F,"}[t.random.IntN(2)]...)
	line = append(line, []string{"IE,", "GB,", "US,", "FR,", "DE,", "ZA,"}[t.random.IntN(6)]...)
	return t.first.AddDate(-20-t.random.IntN(60), 0, t.random.IntN(365)).AppendFormat(line, time.DateOnly)
}
