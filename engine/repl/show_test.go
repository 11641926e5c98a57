package repl

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// newSession is a session with the tests' cluster.
func newSession(t *testing.T) *engine.Session {
	t.Helper()
	kubeconfig := localtest.Kubeconfig(t)
	vm := engine.New(engine.Options{
		World:   engine.World{Connect: func(string) error { return nil }},
		Cluster: func() (kube.Options, error) { return kube.Options{Kubeconfig: kubeconfig}, nil },
	})
	s := vm.NewSession(context.Background())
	t.Cleanup(func() {
		assert.NoError(t, s.Close())
		vm.Close()
	})
	return s
}

// eval evaluates Lua.
func eval(t *testing.T, s *engine.Session, code string) []lua.LValue {
	t.Helper()
	values, err := s.Eval(t.Context(), engine.Source{Name: "test", Text: code})
	require.NoError(t, err)
	return values
}

// show is what a printer shows of the results of a chunk. Ages are "AGE" in it.
func show(t *testing.T, p *printer, code string) string {
	t.Helper()
	return age.ReplaceAllString(showExactly(t, p, code), "${1}AGE")
}

// age is an age of seconds or minutes at the end of a line.
var age = regexp.MustCompile(`(?m)( )(?:\d+m)?\d+[sm]$`)

func showExactly(t *testing.T, p *printer, code string) string {
	t.Helper()
	s := newSession(t)
	text, err := p.text(t.Context(), s, eval(t, s, code))
	require.NoError(t, err)
	return text
}

func TestShow(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, code, want string }{
		{"nothing", `return`, ""},
		{"nil", `return nil`, ""},
		{"nil among others", `return nil, 1, "1"`, "nil\n1\n\"1\"\n"},
		{"a table", `return {a = 1, cluster.pods, cluster.nodes:filter{labels = "a=b"}}`, "{pods, nodes with a=b, a = 1}\n"},
		{"a table of nothing", `return {}, kube.array{}`, "{}\n{}\n"},
		{"a part of an object", `return cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {b = "1"}}.raw.data`, "{\"b\":\"1\"}\n"},
		{"a long part of an object", `return cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {b = ("1"):rep(50), c = ("x "):rep(20)}}.raw.data`,
			"b: \"" + strings.Repeat("1", 50) + "\"\nc: \"" + strings.Repeat("x ", 20) + "\"\n"},
		{"a long part of a secret", `return cluster:item{apiVersion = "v1", kind = "Secret", metadata = {name = "a", annotations = {x = ("hunter2"):rep(50)}}, stringData = {b = ("hunter2"):rep(50)}}.raw`, "***\n"},
		{"what is of a secret in a table", `local s = cluster:item{apiVersion = "v1", kind = "Secret", metadata = {name = "a"}, data = {b = "aHVudGVyMg=="}} return {s, s.raw, s.data}`, "{secrets a, ***, ***}\n"},
		{"a long list", `return kube.Kind`, "Kind (DaemonSet, DaemonSetList, Deployment, DeploymentList, Namespace,\n" +
			"NamespaceList, Node, NodeList, Pod, PodList, ReplicaSet, ReplicaSetList,\nReplicationController, ReplicationControllerList, Secret, SecretList, Service,\nServiceList)\n"},
		{"what stands for a part of an object", `local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "a"}, status = {containerStatuses = {{name = "c", ready = true, state = {running = {}}}}}}
			return pod.containers[1], pod.containers[1].state`, `{"name":"c","ready":true,"state":{"running":{}}}` + "\n" + `{"running":{}}` + "\n"},
		{"a time", `return kube.time "2026-03-01T12:00:00Z"`, "2026-03-01T12:00:00Z\n"},
		{"an item that is on no server", `return cluster:item{apiVersion = "v1", kind = "Node", metadata = {name = "a"}, status = {capacity = {cpu = "4"}}}`,
			"Node a\n  ready     no: it has no condition Ready\n  capacity  cpu=4\nstatus:\n  capacity:\n    cpu: \"4\"\n"},
		{"what acts on terminals", `return cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {b = "\27[31m"}}.raw.data, "\27", setmetatable({}, {__tostring = function() return "\27" end})`,
			`{"b":"\u001b[31m"}` + "\n\"\\027\"\n^[\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, show(t, &printer{}, tt.code))
		})
	}
}

// A view is the table that kubectl get shows, as far as there is room.
func TestShowViews(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	localtest.Kubectl(t, "create", "configmap", "short", "--namespace="+namespace)
	localtest.Kubectl(t, "create", "configmap", "a-name-that-is-longer", "--namespace="+namespace)
	code := `return cluster.configmaps:namespaced("` + namespace + `"):filter{fields = "metadata.name!=kube-root-ca.crt"}`
	assert.Equal(t, "NAME                    DATA   AGE\na-name-that-is-longer   0      AGE\nshort                   0      AGE\n", show(t, &printer{}, code))
	assert.Equal(t, "NAME           …\na-name-that-is-…\nshort          …\n", show(t, &printer{size: screen(16, 20)}, code))
	assert.Equal(t, "<1>NAME                    DATA   AGE<0>\na-name-that-is-longer   0      AGE\nshort                   0      AGE\n", painted(show(t, &printer{paint: true}, code)))
	assert.Equal(t, "No resources found in "+namespace+" namespace.\n", show(t, &printer{}, `return cluster.pods:namespaced("`+namespace+`")`))
	assert.Equal(t, "NAME                    DATA   AGE\na-name-that-is-longer   0      AGE\n", show(t, &printer{}, code+`:table{limit = 1}`))
}

// Of many objects some are shown, and that there are more.
func TestShowManyObjects(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	var manifest strings.Builder
	for i := range viewRows + 1 {
		fmt.Fprintf(&manifest, "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c%03d, labels: {many: x}}}\n", i)
	}
	s := newSession(t)
	s.Set("manifest", lua.LString(manifest.String()))
	eval(t, s, `cluster:apply(manifest, {namespace = "`+namespace+`"})`)
	code := `cluster.configmaps:namespaced("` + namespace + `"):filter{labels = "many=x"}`
	lines := strings.Split(show(t, &printer{}, "return "+code), "\n")
	assert.Len(t, lines, 1+viewRows+2)
	assert.Equal(t, "… more than 100; print shows all, view:filter fewer", lines[viewRows+1])

	lines = strings.Split(show(t, &printer{}, "local t = {} for c in "+code+":each() do t[#t + 1] = c end return t"), "\n")
	assert.Len(t, lines, 1+itemRows+2)
	assert.Regexp(t, "^"+namespace+" +c049 ", lines[itemRows])
	assert.Equal(t, "… 51 more", lines[itemRows+1])
}

func TestShowItems(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	localtest.Kubectl(t, "create", "configmap", "settings", "--namespace="+namespace, "--from-literal=a=b")
	localtest.Kubectl(t, "create", "secret", "generic", "login", "--namespace="+namespace, "--from-literal=password=hunter2")
	fetch := func(resource, name string) string {
		return `cluster.` + resource + `:fetch("` + name + `", {namespace = "` + namespace + `"})`
	}
	list := `return {` + fetch("configmaps", "settings") + `, ` + fetch("secrets", "login") + `}`
	space := strings.Repeat(" ", len(namespace)-len("NAMESPACE"))
	assert.Equal(t, "NAMESPACE"+space+"   NAME                 DATA   AGE\n"+namespace+"   configmap/settings   1      AGE\n\n"+
		"NAMESPACE"+space+"   NAME           TYPE     DATA   AGE\n"+namespace+"   secret/login   Opaque   1      AGE\n", show(t, &printer{}, list))
	assert.Equal(t, "ConfigMap "+namespace+"/settings\n  age  AGE\ndata:\n  a: b\n", show(t, &printer{}, "return "+fetch("configmaps", "settings")))
	assert.Equal(t, "Secret "+namespace+"/login\n  age   AGE\n  data  password (7 bytes)\n  type  Opaque\n", show(t, &printer{}, "return "+fetch("secrets", "login")))
}

// What can't be asked for is the error; what comes before is shown.
func TestShowFails(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	text, err := (&printer{}).text(t.Context(), s, eval(t, s, `return 1, cluster:view("tokenreviews"), 2`))
	assert.ErrorContains(t, err, "list tokenreviews")
	assert.Equal(t, "1\n", text)
}

// Items are shown by their names where their tables can't be read.
func TestShowItemsThatCantBeRead(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	items := eval(t, s, `local c = kube.cluster{url = "http://127.0.0.1:1"}
		return {c:item{apiVersion = "v1", kind = "Node", metadata = {name = "a"}}, c:item{apiVersion = "v1", kind = "Node", metadata = {name = "b"}}}`)
	text, err := (&printer{}).text(t.Context(), s, items)
	require.NoError(t, err)
	assert.Regexp(t, `^nodes a\nnodes b\n… no table: fetch nodes [ab]: http://127.0.0.1:1/ .*connection refused.*\n$`, text)
}
