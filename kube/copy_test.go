package kube

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func text(path, content string, mode fs.FileMode) File {
	return File{path, mode, int64(len(content)), strings.NewReader(content)}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	pod := runningPod(t, connect(t), "p", "{}", oneContainer)
	big := make([]byte, 20<<20)
	_, _ = rand.Read(big)
	require.NoError(t, pod.CopyTo(t.Context(), []File{
		text("etc/a.conf", "a", 0), text("etc/run.sh", "#!/bin/sh\nexit 7\n", 0o755), text("-x", "dash", 0),
		{"big", 0o600, int64(len(big)), bytes.NewReader(big)},
	}, ExecOptions{}))
	result, err := pod.Exec(t.Context(), []string{"etc/run.sh"}, nil, 0, ExecOptions{})
	require.NoError(t, err)
	assert.Equal(t, 7, result.Code)
	_, err = pod.Exec(t.Context(), []string{"sh", "-c", "ln -s /etc/passwd etc/link; mkdir etc/d; echo deep > etc/d/e"}, nil, 0, ExecOptions{})
	require.NoError(t, err)

	read := func(name string) (map[string]string, error) {
		files := map[string]string{}
		err := pod.CopyFrom(t.Context(), name, ExecOptions{}, func(f File) error {
			content, err := io.ReadAll(f.Content)
			files[fmt.Sprintf("%s %o", f.Path, f.Mode.Perm())] = string(content)
			return err
		})
		return files, err
	}
	for name, want := range map[string]map[string]string{
		"etc":        {"a.conf 644": "a", "run.sh 755": "#!/bin/sh\nexit 7\n", "d/e 644": "deep\n"},
		"etc/d/":     {"e 644": "deep\n"},
		"etc/a.conf": {". 644": "a"},
		"-x":         {". 644": "dash"},
		"big":        {". 600": string(big)},
		"etc/link":   {},
	} {
		got, err := read(name)
		assert.NoError(t, err, name)
		assert.True(t, assert.ObjectsAreEqual(want, got), "%s: %d files", name, len(got))
	}
	_, err = read("etc/nothing")
	assert.ErrorContains(t, err, "copy etc/nothing from "+pod.String()+": tar ended with code 2: ")
	assert.ErrorContains(t, err, "No such file or directory")

	stop := fmt.Errorf("enough")
	assert.Equal(t, stop, pod.CopyFrom(t.Context(), "big", ExecOptions{}, func(File) error { return stop }))
	err = pod.CopyTo(t.Context(), []File{{"x", 0, 5, strings.NewReader("abc")}}, ExecOptions{})
	assert.ErrorContains(t, err, "x: EOF")
	for _, name := range []string{"", "a/", "../a", "."} {
		err := pod.CopyTo(t.Context(), []File{text(name, "", 0)}, ExecOptions{})
		assert.True(t, IsKind(err, ValueError), "%s: %v", name, err)
	}
}

func TestCopyWithoutTar(t *testing.T) {
	t.Parallel()
	pod := runningPod(t, connect(t), "p", `{"localcluster.kubelua/commands":"sh"}`, oneContainer)
	for _, err := range []error{
		pod.CopyTo(t.Context(), []File{text("a", "a", 0)}, ExecOptions{}),
		pod.CopyFrom(t.Context(), "a", ExecOptions{}, nil),
	} {
		assert.True(t, IsKind(err, APIError))
		assert.ErrorContains(t, err, pod.String()+": the image has no tar")
	}
}

// What an image sends as its tar can't lead anywhere else.
func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../a", "/etc/passwd", "data/../../a", "datax", "other/a", "data/../a"} {
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name}))
		require.NoError(t, w.Close())
		err := unpack(tar.NewReader(&archive), "data", func(f File) error {
			t.Errorf("%s: got %q", name, f.Path)
			return nil
		})
		assert.ErrorContains(t, err, "which was not asked for", name)
	}
}
