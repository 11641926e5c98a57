package deploy

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("-- "+name), 0o600))
	}
	for _, name := range []string{"a.lua", "b.lua", "_shared.lua", "lib/names.lua", ".hidden.lua", ".git/x.lua", "notes.txt"} {
		write(name)
	}
	load := func(_ context.Context, src engine.Source) ([]*engine.Job, error) {
		return []*engine.Job{{Name: strings.TrimSuffix(filepath.Base(src.Name), ".lua")}}, nil
	}
	files, err := Read(t.Context(), []string{dir}, load)
	require.NoError(t, err)
	var got []string
	for _, f := range files {
		what := f.Path + ": module"
		if f.Jobs != nil {
			what = f.Path + ": " + f.Jobs[0].Name
		}
		got = append(got, what)
		assert.Equal(t, "-- "+f.Path, f.Text)
	}
	assert.Equal(t, []string{"a.lua: a", "b.lua: b", "_shared.lua: module", "lib/names.lua: module"}, got)

	o := Options{Name: "nightly", Files: files}
	made, err := objectsOf(object{"volume": o.volume()})
	require.NoError(t, err)
	assert.Contains(t, string(made[0].Raw()), `{"key":"lib..names.lua","path":"lib/names.lua"}`)

	_, err = Read(t.Context(), []string{filepath.Join(dir, "a.lua"), filepath.Join(dir, "a.lua")}, load)
	assert.ErrorContains(t, err, "two files would be a.lua in the cluster")
	_, err = Read(t.Context(), []string{filepath.Join(dir, "lib"), filepath.Join(dir, "a.lua"), dir}, load)
	assert.Error(t, err)
	_, err = Read(t.Context(), []string{t.TempDir()}, load)
	assert.ErrorContains(t, err, "there are no job files")
	o.Files[0].Text = strings.Repeat("x", 2<<20)
	_, err = o.configMap()
	assert.ErrorContains(t, err, "the files have 2048 KiB, and a ConfigMap holds 1000")
}
