package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

const block = 1 << 20

// moveBytes is the floor: it reads the input and writes as many bytes as the
// first contender published, in as many files, and looks at none of them.
func moveBytes(synced bool) func(job) (outcome, error) {
	return func(j job) (outcome, error) {
		files, err := filepath.Glob(filepath.Join(j.Input, "seeds", "*.csv"))
		if err != nil {
			return outcome{}, err
		}
		buffer := make([]byte, block)
		for _, path := range files {
			if err := readBytes(path, buffer); err != nil {
				return outcome{}, err
			}
		}
		for i, size := range j.Sizes {
			if err := writeBytes(filepath.Join(j.Scratch, strconv.Itoa(i)), size, buffer, synced); err != nil {
				return outcome{}, err
			}
		}
		return outcome{}, nil
	}
}

func readBytes(path string, buffer []byte) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	for err == nil {
		_, err = file.Read(buffer)
	}
	if err == io.EOF {
		err = nil
	}
	return errors.Join(err, file.Close())
}

func writeBytes(path string, size int64, buffer []byte, synced bool) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	for left := size; left > 0 && err == nil; left -= block {
		_, err = file.Write(buffer[:min(left, block)])
	}
	if synced && err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
