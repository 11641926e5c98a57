//go:build linux || darwin

package local

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// program returns the path of the program. The error says where it was looked
// for.
func (o Options) program() (string, error) {
	named, by := o.Binary, "as told"
	if named == "" {
		named, by = os.Getenv(programVariable), "by $"+programVariable
	}
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("start the local cluster: no program at %s (named %s): %s", named, by, wayOut)
		}
		return filepath.Abs(path)
	}
	beside := ""
	if self, err := os.Executable(); err == nil {
		if self, err = filepath.EvalSymlinks(self); err == nil {
			beside = filepath.Join(filepath.Dir(self), programName)
			if path, err := exec.LookPath(beside); err == nil {
				return path, nil
			}
		}
	}
	if path, err := exec.LookPath(programName); err == nil {
		return filepath.Abs(path)
	}
	return "", fmt.Errorf("start the local cluster: no program %s beside this one (%s) nor in PATH: %s", programName, beside, wayOut)
}
