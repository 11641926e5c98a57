package engine_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// TestRoundTrips has the modules json and yaml read and write every object of the
// cluster. Readers that aren't ours compare what came of each.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	kubeconfig := localtest.Kubeconfig(t)
	vm := engine.New(engine.Options{
		World:   engine.World{Stdout: &out},
		Cluster: func() (kube.Options, error) { return kube.Options{Kubeconfig: kubeconfig}, nil },
	})
	defer vm.Close()
	require.NoError(t, vm.Run(t.Context(), engine.Source{Name: "everything.lua", Text: `
		local json, yaml = require "json", require "yaml"
		for kind in cluster:kinds() do
			if require("set").new(kind.verbs):contains("list") then
				local ok, err = pcall(function()
					for item in cluster:view(kind) do
						local text = kube.json(item)
						print(json.encode { kind = item.kind, read = text, versions = {
							json.encode(json.decode(text)), json.encode(yaml.decode(yaml.encode(item))),
							yaml.encode(json.decode(text)), yaml.encode(item),
						} })
					end
				end)
				-- What vanishes between the two requests is no fault.
				assert(ok or kube.is(err, "APIError"), tostring(err))
			end
		end`}))
	kinds := map[string]int{}
	for line := range bytes.Lines(out.Bytes()) {
		var object struct {
			Kind, Read string
			Versions   []string
		}
		require.NoError(t, json.Unmarshal(line, &object))
		kinds[object.Kind]++
		var want any
		require.NoError(t, json.Unmarshal([]byte(object.Read), &want))
		for _, version := range object.Versions {
			assert.Equal(t, want, asYAML(t, version), "%s", object.Read)
		}
	}
	assert.Greater(t, len(kinds), 15, "kinds of objects: %v", kinds)
}

// asYAML reads a text, which may be JSON, by a library that we read nothing with,
// and gives its numbers the types of Go's JSON.
func asYAML(t *testing.T, text string) any {
	t.Helper()
	var read, typed any
	require.NoError(t, yaml.Unmarshal([]byte(text), &read))
	again, err := json.Marshal(read)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(again, &typed))
	return typed
}
