package publish

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
)

// sameFolder says whether two folders hold the same files and folders, to the byte.
func sameFolder(a, b string) (bool, error) {
	inA, err := os.ReadDir(a)
	if err != nil {
		return false, err
	}
	inB, err := os.ReadDir(b)
	if err != nil {
		return false, err
	}
	if len(inA) != len(inB) {
		return false, nil
	}
	for i, e := range inA { // ReadDir sorts by name
		if e.Name() != inB[i].Name() || e.Type() != inB[i].Type() {
			return false, nil
		}
		compare := sameFile
		if e.IsDir() {
			compare = sameFolder
		} else if !e.Type().IsRegular() {
			return false, nil
		}
		same, err := compare(filepath.Join(a, e.Name()), filepath.Join(b, e.Name()))
		if !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// sameFile compares byte by byte: as fast as taking digests of both, and sure.
func sameFile(a, b string) (same bool, err error) {
	fileA, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer fileA.Close()
	fileB, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer fileB.Close()
	if same, err := linked(fileA, fileB); same || err != nil {
		return same, err
	}
	bufA, bufB := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		nA, errA := io.ReadFull(fileA, bufA)
		nB, errB := io.ReadFull(fileB, bufB)
		if !bytes.Equal(bufA[:nA], bufB[:nB]) {
			return false, nil
		}
		// Equal lengths, so both are at an end or neither is.
		if errA == io.EOF || errA == io.ErrUnexpectedEOF {
			return true, nil
		}
		if errA != nil {
			return false, errA
		}
		if errB != nil {
			return false, errB
		}
	}
}

// linked says whether two files are one on the disk, as where Run.Link made one.
func linked(a, b *os.File) (bool, error) {
	infoA, err := a.Stat()
	if err != nil {
		return false, err
	}
	infoB, err := b.Stat()
	return err == nil && os.SameFile(infoA, infoB), err
}
