package kube

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// widgets is a catalog with one resource.
func widgets() *catalog {
	return &catalog{asked: time.Now(), resources: []*Resource{{
		Kind: "Widget", Name: "widgets", Singular: "widget", ShortNames: []string{"wd"}, Group: "example.com",
		Versions: []string{"v1", "v1beta1"}, Namespaced: true, Verbs: []string{"get", "list"},
		subresources: map[string][]string{"v1": {"scale", "status"}},
	}}}
}

func TestCatalogFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache", "kubelua")
	f := newCatalogFile(dir, "https://127.0.0.1:6443/", []byte("ca"))
	require.Nil(t, f.read())
	want := widgets()
	f.write(want)
	got := f.read()
	require.NotNil(t, got)
	require.True(t, got.asked.Equal(want.asked))
	require.Len(t, got.resources, 1)
	require.True(t, got.resources[0].remembered)
	got.resources[0].remembered = false
	require.Equal(t, want.resources, got.resources)

	for path, mode := range map[string]os.FileMode{dir: 0o700, f.dir: 0o700, filepath.Join(f.dir, f.name): 0o600} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
	require.Nil(t, newCatalogFile(dir, "https://127.0.0.1:6444/", []byte("ca")).read())
	require.Nil(t, newCatalogFile(dir, "https://127.0.0.1:6443/", []byte("another")).read())
}

func TestCatalogFileThatIsNotBelieved(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before func(c *catalog)
		after  func(path string) error
	}{
		{"cut short", nil, func(path string) error { return os.Truncate(path, 40) }},
		{"empty", nil, func(path string) error { return os.Truncate(path, 0) }},
		{"not JSON", nil, func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) }},
		{"others may write it", nil, func(path string) error { return os.Chmod(path, 0o620) }},
		{"another user's", nil, func(path string) error {
			if os.Geteuid() != 0 {
				return os.Chmod(path, 0o602) // only root can give a file away
			}
			return os.Chown(path, 12345, 12345)
		}},
		{"a folder", nil, func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }},
		{"old", func(c *catalog) { c.asked = c.asked.Add(-catalogTime - time.Minute) }, nil},
		{"another release's", nil, func(path string) error {
			text, err := os.ReadFile(path)
			text = bytes.Replace(text, []byte(`{"Format":2,`), []byte(`{`), 1)
			return errors.Join(err, os.WriteFile(path, text, 0o600))
		}},
		{"of the future", func(c *catalog) { c.asked = c.asked.Add(time.Hour) }, nil},
		{"without a kind", func(c *catalog) { c.resources[0].Kind = "" }, nil},
		{"without versions", func(c *catalog) { c.resources[0].Versions = nil }, nil},
		{"incomplete", func(c *catalog) { c.silent = []string{"metrics.k8s.io/v1beta1"} }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, c := newCatalogFile(t.TempDir(), "https://x/", nil), widgets()
			if tt.before != nil {
				tt.before(c)
			}
			f.write(c)
			if tt.after != nil {
				require.NotNil(t, f.read())
				require.NoError(t, tt.after(filepath.Join(f.dir, f.name)))
			}
			require.Nil(t, f.read())
			// The next one that can be replaces it, where it isn't a folder.
			if tt.name != "a folder" {
				f.write(widgets())
				require.NotNil(t, f.read())
			}
		})
	}
}

func TestCatalogFileOfManyRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			f := newCatalogFile(dir, "https://x/", nil)
			for range 50 {
				f.write(widgets())
				if f.read() == nil {
					t.Error("the file is broken")
				}
			}
		})
	}
	wg.Wait()
	entries, err := os.ReadDir(filepath.Join(dir, "discovery"))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestCatalogFileWhereNoneCanBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	f := newCatalogFile(file, "https://x/", nil)
	f.write(widgets())
	require.Nil(t, f.read())
}

// Files that nobody reads any more go when another is written.
func TestCatalogFileSweeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	was := newCatalogFile(dir, "https://was/", nil)
	was.write(widgets())
	then := time.Now().Add(-catalogTime - time.Minute)
	require.NoError(t, os.Chtimes(filepath.Join(was.dir, was.name), then, then))
	newCatalogFile(dir, "https://x/", nil).write(widgets())
	entries, err := os.ReadDir(was.dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}
