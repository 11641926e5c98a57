package stdlib_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kubelua/kubelua/engine"
)

// roundTrip is what json and yaml of the given name write of a text that they have
// read. ok is false where it can't be read, which is a ValueError.
func roundTrip(t *testing.T, module, text string) (written string, ok bool) {
	t.Helper()
	const code = `local m = require(arg[1])
		local ok, value = pcall(m.decode, io.read("*a"))
		if not ok then
			assert(kube.is(value, "ValueError"), tostring(value))
			os.exit(7)
		end
		io.write(m.encode(value))`
	var out bytes.Buffer
	vm := engine.New(engine.Options{World: engine.World{Stdin: strings.NewReader(text), Stdout: &out}})
	defer vm.Close()
	err := vm.Run(t.Context(), engine.Source{Name: "test.lua", Text: code}, module)
	if err != nil {
		require.Equal(t, 7, engine.ExitCode(err), "%v of %q", err, text)
	}
	return out.String(), err == nil
}

// inExactly are texts of JSON in which nothing gets lost on the way through Lua.
func inExactly() []string {
	return []string{
		`{}`, `[]`, `null`, `[null]`, `{"a":{"b":[]}}`, `9007199254740993`, `-9223372036854775808`, `[0.1,1e-7,1.5e300]`,
		`"é\n\t\"\\\u0000😀"`, `{"":"","yes":"no","1":"0x10"," a":"- b","~":"null"}`, `["<&>"," "," x","x "]`, `{"a":"one\ntwo\n"}`,
	}
}

// FuzzJSON compares what is read and written with Go's own reader.
func FuzzJSON(f *testing.F) {
	for _, text := range append(inExactly(), `{"a":1,"a":2}`, `1e999`, `[1,]`, `"\ud800"`, "\xff", ` [1] x`) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		written, ok := roundTrip(t, "json", text)
		var want, got any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			assert.False(t, ok, "%q is no JSON", text)
			return
		}
		require.True(t, ok, "%q is JSON", text)
		require.NoError(t, json.Unmarshal([]byte(written), &got), "%q", written)
		assert.Equal(t, want, got, "%q", text)
	})
}

// FuzzYAML compares what is written of JSON with what another library reads of it:
// YAML 1.2, where ours reads 1.1.
func FuzzYAML(f *testing.F) {
	for _, text := range append(inExactly(), "a: 1\nb: [yes, 0x10, 1e3, ~]\n", "a: &x 1\nb: *x\n", "a: |\n  x\n", "? [a]\n: b\n", "\t", "a: b: c") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		written, ok := roundTrip(t, "yaml", text)
		var want, got any
		if json.Unmarshal([]byte(text), &want) != nil || !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
			return // whether it is YAML is for the library to say
		}
		require.True(t, ok, "%q is JSON", text)
		require.NoError(t, yaml.Unmarshal([]byte(written), &got), "%q of %q", written, text)
		again, err := json.Marshal(got)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(again, &got))
		assert.Equal(t, want, got, "%q of %q", written, text)
	})
}
