package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// untar reads the files of an archive.
func untar(t *testing.T, r io.Reader) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for a := tar.NewReader(r); ; {
		h, err := a.Next()
		if err == io.EOF {
			return files
		}
		require.NoError(t, err)
		assert.True(t, h.ModTime.Unix() == 0 && h.Uid == 0, h.Name)
		if h.Name == "kubelua" {
			assert.EqualValues(t, 0o755, h.Mode)
		}
		files[h.Name], err = io.ReadAll(a)
		require.NoError(t, err)
	}
}

func TestImage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	programs := map[string]string{"amd64": "x86", "arm64": "arm"}
	for architecture, text := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, architecture), []byte(text), 0o600))
	}
	make := func() []byte {
		output := filepath.Join(t.TempDir(), "dist", "image.tar")
		require.NoError(t, run(output, "kubelua:1.2", []string{"amd64=" + filepath.Join(dir, "amd64"), "arm64=" + filepath.Join(dir, "arm64")}))
		text, err := os.ReadFile(output)
		require.NoError(t, err)
		return text
	}
	text := make()
	assert.True(t, bytes.Equal(text, make()), "the same programs make the same image")

	files := untar(t, bytes.NewReader(text))
	assert.JSONEq(t, `{"imageLayoutVersion": "1.0.0"}`, string(files["oci-layout"]))
	blob := func(d descriptor) []byte {
		b, ok := files["blobs/"+strings.Replace(d.Digest, ":", "/", 1)]
		require.True(t, ok, d.Digest)
		assert.Equal(t, d.Digest, digest(b))
		assert.Len(t, b, d.Size)
		return b
	}
	decode := func(text []byte, v any) { require.NoError(t, json.Unmarshal(text, v)) }
	var top, all index
	decode(files["index.json"], &top)
	require.Len(t, top.Manifests, 1)
	assert.Equal(t, map[string]string{
		"org.opencontainers.image.ref.name": "1.2", "io.containerd.image.name": "docker.io/library/kubelua:1.2",
	}, top.Manifests[0].Annotations)
	decode(blob(top.Manifests[0]), &all)
	require.Len(t, all.Manifests, 2)
	for _, d := range all.Manifests {
		var m manifest
		decode(blob(d), &m)
		var c config
		decode(blob(m.Config), &c)
		assert.Equal(t, *d.Platform, c.platform)
		assert.Equal(t, "65532:65532", c.Config.User, "not root")
		assert.Equal(t, []string{"/kubelua"}, c.Config.Entrypoint)
		require.Len(t, m.Layers, 1)
		z, err := gzip.NewReader(bytes.NewReader(blob(m.Layers[0])))
		require.NoError(t, err)
		layer, err := io.ReadAll(z)
		require.NoError(t, err)
		assert.Equal(t, []string{digest(layer)}, c.RootFS.DiffIDs)
		in := untar(t, bytes.NewReader(layer))
		assert.Len(t, in, 2)
		assert.Equal(t, programs[d.Platform.Architecture], string(in["kubelua"]))
		assert.True(t, x509.NewCertPool().AppendCertsFromPEM(in[rootsFile]), "it trusts somebody")
	}
}

func TestWholeName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"kubelua:1":                        "docker.io/library/kubelua:1",
		"team/kubelua:1":                   "docker.io/team/kubelua:1",
		"registry.example.com/kubelua:1":   "registry.example.com/kubelua:1",
		"localhost:5000/kubelua:1":         "localhost:5000/kubelua:1",
		"registry.example.com:5000/a/b:c1": "registry.example.com:5000/a/b:c1",
	} {
		assert.Equal(t, want, whole(name))
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	output := filepath.Join(t.TempDir(), "image.tar")
	for _, tt := range []struct {
		output   string
		programs []string
		want     string
	}{
		{output, nil, "want --output FILE"},
		{"", []string{"amd64=x"}, "want --output FILE"},
		{output, []string{"kubelua"}, `"kubelua" is not ARCHITECTURE=PROGRAM`},
		{output, []string{"amd64=" + output}, "no such file"},
	} {
		assert.ErrorContains(t, run(tt.output, "kubelua:1", tt.programs), tt.want)
	}
}
