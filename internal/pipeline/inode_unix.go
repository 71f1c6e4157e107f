//go:build unix

package pipeline

import (
	"os"
	"syscall"
)

// inode is the number of a file in its file system, 0 where that is not known.
func inode(info os.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Ino)
	}
	return 0
}
