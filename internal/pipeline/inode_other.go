//go:build !unix

package pipeline

import "os"

// inode is the number of a file in its file system: it is not known here.
func inode(os.FileInfo) uint64 { return 0 }
