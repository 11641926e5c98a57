//go:build unix

package kube

import (
	"io/fs"
	"os"
	"syscall"
)

// private tells whether nobody but the user can have written a file.
func private(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(owner.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}
