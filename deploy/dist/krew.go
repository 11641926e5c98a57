package main

import (
	"sigs.k8s.io/yaml"
)

// pluginName is what kubectl calls the plugin, and krew its manifest.
const pluginName = "lua"

// homepage is where the project is, and its releases are.
const homepage = "https://github.com/kubelua/kubelua"

// plugin is the manifest of a plugin of kubectl.
// https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/
type plugin struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Metadata   metadata   `json:"metadata"`
	Spec       pluginSpec `json:"spec"`
}

type metadata struct {
	Name string `json:"name"`
}

type pluginSpec struct {
	Version          string     `json:"version"`
	Homepage         string     `json:"homepage"`
	ShortDescription string     `json:"shortDescription"`
	Description      string     `json:"description"`
	Platforms        []platform `json:"platforms"`
}

// platform says where the archive for a platform is, and what is the program in it.
type platform struct {
	Selector selector `json:"selector"`
	URI      string   `json:"uri"`
	SHA256   string   `json:"sha256"`
	Bin      string   `json:"bin"`
}

type selector struct {
	MatchLabels map[string]string `json:"matchLabels"`
}

const description = `Runs automation scripts in Lua, jobs on a schedule, and an interactive prompt that
completes what is in the cluster. Scripts read like the cluster looks: views are
collections, items are snapshots of objects, and what changes an object is a
method call.

  kubectl lua                    # the prompt
  kubectl lua cleanup.lua        # run a script
  kubectl lua plan cleanup.lua   # show what it would change
`

// manifest is the manifest of the plugin for these archives.
func (r release) manifest(archives []packed) ([]byte, error) {
	p := plugin{APIVersion: "krew.googlecontainertools.github.com/v1alpha2", Kind: "Plugin", Metadata: metadata{pluginName}}
	p.Spec = pluginSpec{
		Version:          r.version,
		Homepage:         homepage,
		ShortDescription: "Run Lua scripts against clusters",
		Description:      description,
	}
	for _, a := range archives {
		p.Spec.Platforms = append(p.Spec.Platforms, platform{
			Selector: selector{map[string]string{"os": a.os, "arch": a.architecture}},
			URI:      homepage + "/releases/download/" + r.version + "/" + a.Name,
			SHA256:   a.sum(),
			Bin:      a.bin,
		})
	}
	return yaml.Marshal(p)
}
