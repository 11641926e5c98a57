package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubelua/kubelua/deploy/archive"
)

// The media types of the OCI image specification, version 1.
const (
	indexType    = "application/vnd.oci.image.index.v1+json"
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// user is who runs in the container, and isn't root.
const user = "65532:65532"

// layout is an OCI image layout, whose blobs are named by their digests.
type layout struct{ blobs map[string][]byte }

// descriptor points to a blob.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// index lists images, or other indexes.
type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Manifests     []descriptor `json:"manifests"`
}

// manifest is an image of one platform.
type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

// config says how containers of an image run.
type config struct {
	platform
	Config struct {
		User       string   `json:"User"`
		Entrypoint []string `json:"Entrypoint"`
		WorkingDir string   `json:"WorkingDir"`
	} `json:"config"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// add adds a blob.
func (l *layout) add(mediaType string, blob []byte) descriptor {
	d := descriptor{MediaType: mediaType, Digest: digest(blob), Size: len(blob)}
	if l.blobs == nil {
		l.blobs = map[string][]byte{}
	}
	l.blobs[d.Digest] = blob
	return d
}

// addJSON adds a blob that is JSON.
func (l *layout) addJSON(mediaType string, v any) (descriptor, error) {
	text, err := json.Marshal(v)
	return l.add(mediaType, text), err
}

// image adds the image of a program for Linux on one architecture: the program, and
// whom it trusts.
func (l *layout) image(architecture string, program []byte) (descriptor, error) {
	trusted, err := roots()
	if err != nil {
		return descriptor{}, err
	}
	files, err := archive.Tar(time.Time{},
		archive.File{Name: "kubelua", Mode: 0o755, Data: program}, archive.File{Name: rootsFile, Mode: 0o644, Data: trusted})
	if err != nil {
		return descriptor{}, err
	}
	layer, err := archive.Gzip(files)
	if err != nil {
		return descriptor{}, err
	}
	on := platform{architecture, "linux"}
	c := config{platform: on}
	c.Config.User, c.Config.Entrypoint, c.Config.WorkingDir = user, []string{"/kubelua"}, "/"
	c.RootFS.Type, c.RootFS.DiffIDs = "layers", []string{digest(files)}
	m := manifest{SchemaVersion: 2, MediaType: manifestType, Layers: []descriptor{l.add(layerType, layer)}}
	if m.Config, err = l.addJSON(configType, c); err != nil {
		return descriptor{}, err
	}
	d, err := l.addJSON(manifestType, m)
	d.Platform = &on
	return d, err
}

// archive is the layout of one name for the images of several platforms.
func (l *layout) archive(name string, images []descriptor) ([]byte, error) {
	all, err := l.addJSON(indexType, index{2, indexType, images})
	if err != nil {
		return nil, err
	}
	// The first is for tools that know the specification, the other one for
	// containerd, which wants a whole reference.
	_, tag, _ := strings.Cut(name[strings.LastIndex(name, "/")+1:], ":")
	all.Annotations = map[string]string{"org.opencontainers.image.ref.name": tag, "io.containerd.image.name": whole(name)}
	entry, err := json.Marshal(index{2, indexType, []descriptor{all}})
	if err != nil {
		return nil, err
	}
	files := []archive.File{
		{Name: "oci-layout", Mode: 0o644, Data: []byte(`{"imageLayoutVersion":"1.0.0"}`)},
		{Name: "index.json", Mode: 0o644, Data: entry},
	}
	for _, d := range slices.Sorted(maps.Keys(l.blobs)) {
		files = append(files, archive.File{Name: "blobs/" + strings.Replace(d, ":", "/", 1), Mode: 0o644, Data: l.blobs[d]})
	}
	return archive.Tar(time.Time{}, files...)
}

// whole is the name of an image with the registry that is meant where it names none.
func whole(name string) string {
	registry, _, found := strings.Cut(name, "/")
	switch {
	case !found:
		return "docker.io/library/" + name
	case !strings.ContainsAny(registry, ".:") && registry != "localhost":
		return "docker.io/" + name
	}
	return name
}
