package cli

import (
	"context"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// look is how often files are looked at for changes.
const look = 300 * time.Millisecond

// sight is what shows of a file from outside.
type sight struct {
	size     int64
	modified time.Time
}

// seen are the files that tests may read, below the folders of names.
func seen(names []string) map[string]sight {
	files := map[string]sight{}
	for _, name := range orHere(names) {
		if strings.HasSuffix(name, ".lua") {
			name = filepath.Dir(name)
		}
		// What can't be looked at can't have been read.
		_ = filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil
			case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != name:
				return filepath.SkipDir
			case entry.IsDir() || !slices.Contains([]string{".lua", ".yaml", ".yml", ".json"}, filepath.Ext(path)):
				return nil
			}
			if info, err := entry.Info(); err == nil {
				files[path] = sight{info.Size(), info.ModTime()}
			}
			return nil
		})
	}
	return files
}

// changed returns when files are not as they were seen, or with the reason for
// which ctx ended.
func changed(ctx context.Context, names []string, before map[string]sight) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for maps.Equal(before, seen(names)) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
