package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
)

// contend is the process of one contender: what it is told and tells is JSON.
func contend(text string) int {
	var j job
	err := json.Unmarshal([]byte(text), &j)
	if err == nil {
		var o outcome
		if o, err = j.do(); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(o)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// do runs the contender that the job is for.
func (j job) do() (outcome, error) {
	for _, g := range groups(j.Divide) {
		for _, c := range g.contenders {
			if g.name != j.Group || c.name != j.Contender {
				continue
			}
			if j.Profile == "" {
				return c.run(j)
			}
			return profiled(j.Profile, func() (outcome, error) { return c.run(j) })
		}
	}
	return outcome{}, fmt.Errorf("there is no contender %s/%s", j.Group, j.Contender)
}

// profiled writes a CPU profile of what run does.
func profiled(path string, run func() (outcome, error)) (outcome, error) {
	file, err := os.Create(path)
	if err != nil {
		return outcome{}, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return outcome{}, errors.Join(err, file.Close())
	}
	o, err := run()
	pprof.StopCPUProfile()
	return o, errors.Join(err, file.Close())
}
