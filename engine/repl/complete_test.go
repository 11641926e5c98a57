package repl

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// completing is a completer for tests.
type completing struct {
	*LiveCompleter
	came chan struct{} // gets something when an answer has come
}

// completeIn makes a completer that looks into a session with a cluster and
// what a piece of Lua leaves there.
func completeIn(t testing.TB, cluster kube.Options, code string) completing {
	t.Helper()
	vm := engine.New(engine.Options{Cluster: func() (kube.Options, error) { return cluster, nil }})
	t.Cleanup(vm.Close)
	session := vm.NewSession(context.Background())
	t.Cleanup(func() { assert.NoError(t, session.Close()) })
	_, err := session.Eval(t.Context(), engine.Source{Name: "test", Text: code})
	require.NoError(t, err)
	came := make(chan struct{}, 1)
	completer := NewCompleter(CompleterOptions{
		Within:   Within(session),
		Index:    engine.API(),
		Contexts: func(context.Context) ([]string, error) { return []string{"prod", "staging"}, nil },
		Commands: []Command{
			{Name: "ctx", Summary: "Changes the context.", Argument: ContextArgument},
			{Name: "help"},
			{Name: "ns", Argument: NamespaceArgument},
			{Name: "readonly", Argument: SwitchArgument},
			{Name: "watch", Argument: LuaArgument},
		},
		Notify: func() {
			select {
			case came <- struct{}{}:
			default:
			}
		},
	})
	t.Cleanup(completer.Close)
	c := completing{completer, came}
	c.settled(t, ":ctx |") // from then on the contexts are known
	return c
}

// at completes at the bar in a text.
func (c completing) at(text string) Completions {
	before, after, _ := strings.Cut(text, "|")
	return c.Complete(before+after, len(before))
}

// settled is at once nothing is pending any more.
func (c completing) settled(t testing.TB, text string) Completions {
	t.Helper()
	for {
		done := c.at(text)
		if !done.Pending {
			return done
		}
		select {
		case <-c.came:
		case <-time.After(time.Minute):
			t.Fatalf("%s: still pending", text)
		}
	}
}

// offered are the texts of candidates.
func offered(c Completions) []string {
	list := []string{}
	for _, i := range c.Items {
		list = append(list, i.Text)
	}
	return list
}

// nowhere is a cluster that nobody reaches.
var nowhere = kube.Options{URL: "http://127.0.0.1:1"}

// What needs no cluster.
func TestComplete(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, `
		web = { name = "shop", ["a-b"] = 1, inner = { deep = true }, [1] = { first = 1 } }
		function web.start() end
		pods = cluster.pods
		setmetatable(web, { __index = function() error("nobody may run me") end })
		setmetatable(_G, { __index = function() error("nor me") end })
	`)
	builtins := []string{}
	for _, r := range kube.Builtin() {
		builtins = append(builtins, r.Name)
	}
	for _, tt := range []struct {
		text string
		want []string // the last being ... stands for others
	}{
		{"we|", []string{"web"}},
		{"x = we|", []string{"web"}},
		{"local function f() return we|", []string{"web"}},
		{"WE|", []string{"web"}},
		{"zz|", nil},
		{"whi|", []string{"while"}},
		{"|", []string{"cluster", "kube", "while", "..."}},
		{"web.|", []string{"inner", "name", "start"}},
		{"web.n|", []string{"name"}},
		{"web.N|", []string{"name"}},
		{"web['|", []string{"a-b", "inner", "name", "start"}},
		{"web['a|", []string{"a-b"}},
		{"web.inner.|", []string{"deep"}},
		{"web['inner'].|", []string{"deep"}},
		{"(web).|", []string{"inner", "name", "start"}},
		{"web[1].|", []string{"first"}},
		{"web . inner\n .|", []string{"deep"}},
		{"web.nothing.|", nil},
		{"web.name:u|", []string{"upper"}},
		{"('x'):|", []string{"byte", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper"}},
		{"string.up|", []string{"upper"}},
		{"kube.cl|", []string{"cluster"}},
		{"kube.PodPhase.R|", []string{"Running"}},
		{"kube.kindimpl('PodL|", []string{"PodList"}},
		{"cluster.|", append(builtins, "namespace", "proxy", "url", "...")},
		{"cluster.da|", []string{"daemonsets"}},
		{"cluster:|", []string{"apply", "close", "create", "item", "kinds", "view"}},
		{"cluster.pods:|", []string{"fetch", "filter", "find", "namespaced", "on", "wait", "..."}},
		{"cluster.pods.|", []string{"age", "api_paths", "cluster", "kind", "namespace", "resource"}},
		{"pods:f|", []string{"fetch", "filter", "find"}},
		{"pods:namespaced('web'):f|", []string{"fetch", "filter", "find"}},
		{"pods:namespaced 'web':f|", []string{"fetch", "filter", "find"}},
		{"pods:fetch('x').|", []string{"cluster", "conditions", "containers", "..."}},
		{"pods:fetch('x'):|", []string{"events", "logs", "wait", "..."}},
		{"pods:fetch('x').containers[1].im|", []string{"image", "image_id"}},
		{"pods:fetch('x').containers.|", nil},
		{"pods:wait{ready=true}[1].ph|", []string{"phase"}},
		{"pods:fetch('x').cluster.po|", []string{"pods"}},
		{"pods:find('x').ph|", []string{"phase"}},
		{"pods:wait{name='x'}.ph|", []string{"phase"}},
		{"pods:each()|", nil},
		{"for p in pods:each() do p.ph|", []string{"phase"}},
		{"for ev in pods:watch() do ev.item.ph|", []string{"phase"}},
		{"for ev in pods:watch() do ev.ev|", []string{"evtype"}},
		{"pods:filter{labels='a'}:namespaced('b'):find('x').ph|", []string{"phase"}},
		{"cluster.nodes:fetch('x'):cordon().cap|", []string{"capacity"}},
		{"cluster.services:fetch('x').meta.owners:h|", []string{"has"}},
		{"kube.is(e, 'Look|", []string{"LookupError"}},
		{"pods:fetch('x').meta.na|", []string{"name", "namespace"}},
		{"cluster.deployments:fetch('x'):re|", []string{"restart", "resume"}},
		{"cluster.deployments:fetch('x').av|", []string{"available_replicas"}},
		{"cluster:view('secrets'):fetch('x').da|", []string{"data"}},
		{"cluster:view('depl|", []string{"deployments.apps"}},
		{"kube.cluster{context='prod'}.po|", []string{"pods"}},

		{"pods:fetch('x', {|", []string{"namespace", "..."}},
		{"pods:fetch('x', {name|", []string{"namespace"}},
		{"pods:wait{|", []string{"condition", "ready", "..."}},
		{"pods:wait({ready = true, cond|", []string{"condition"}},
		{"pods:wait{ready = |", []string{"true"}},
		{"pods:table{wide = |", []string{"false", "true"}},
		{"pods:table{wide = t|", []string{"true"}},
		{"task.parallel(pods, print, {on_error = '|", []string{"collect", "stop"}},
		{"pods:wait{name = we|", []string{"web"}},
		{"pods:filter{fields = {|", []string{`["metadata.name"]`, `["metadata.namespace"]`, `["spec.nodeName"]`, "..."}},
		{"pods:filter{fields = {['metadata.name|", []string{"metadata.name", "metadata.namespace"}},
		{"pods:filter{fields = 'status.ph|", []string{"status.phase"}},
		{"pods:filter{fields = 'status.phase=R|", []string{"Running"}},
		{"pods:filter{fields = 'spec.nodeName!=n1,status.phase!=|", []string{"Failed", "Pending", "Running", "Succeeded", "Unknown"}},
		{"pods:filter{fields = {['status.phase'] = 'F|", []string{"Failed"}},
		{"kube.cluster{context = '|", []string{"prod", "staging"}},
		{"kube.cluster({context='p|", []string{"prod"}},
		{"print({we|", []string{"web"}},
		{"print('we|", nil},
		{"x = 'cluster.|", nil},
		{"x = [[cluster.|", nil},
		{"-- cluster.|", nil},
		{"--[[ cluster.|", nil},
		{"x = 12|", nil},
		{"x = 'a'|", nil},
		{"a ..|", nil},
		{"goto |", nil},
		{"local |", nil},

		{"local p = cluster.pods p:f|", []string{"fetch", "filter", "find"}},
		{"local p = cluster.pods\nlocal p = 1\np:f|", nil},
		{"local longest = 1; lon|", []string{"longest"}},
		{"for p in cluster.pods do print(p.ph|", []string{"phase"}},
		{"for p in pods:filter{labels='a'} do p:lo|", []string{"logs"}},
		{"for _, c in ipairs(pods:fetch('x').containers) do c.im|", []string{"image", "image_id"}},
		{"for i, c in ipairs(x) do i.|", nil},
		{"for i = 1, 2 do i.|", nil},
		{"for pod in cluster.pods do local pod = pod pod.ph|", []string{"phase"}},
		{"local web = web.inner web.|", []string{"deep"}},
		{"pods:on{added = function(item) item.ph|", []string{"phase"}},
		{"pods:on{added = function(item) if item.x then else end it|", []string{"item"}},
		{"function f(given) giv|", []string{"given"}},
		{"require('kube').cl|", []string{"cluster"}},
		{"local k = require 'kube' k.cl|", []string{"cluster"}},

		{":|", []string{"ctx", "help", "ns", "readonly", "watch"}},
		{":c|", []string{"ctx"}},
		{":ctx |", []string{"prod", "staging"}},
		{":ctx s|", []string{"staging"}},
		{":readonly o|", []string{"off", "on"}},
		{":watch cluster.po|", []string{"pods"}},
		{":help |", nil},
		{":nobody |", nil},
		{"?cluster.po|", []string{"pods"}},
		{"x = 1 ::a|", nil},

		{"cluster.po|ds:fetch()", []string{"pods"}},
		{")}] cluster.po|", []string{"pods"}},
		{"end until cluster.po|", []string{"pods"}},
		{"f(1, [2, {3) cluster.po|", []string{"pods"}},
	} {
		t.Run(tt.text, func(t *testing.T) {
			done := c.at(tt.text)
			got := offered(done)
			if n := len(tt.want); n > 0 && tt.want[n-1] == "..." {
				assert.Subset(t, got, tt.want[:n-1])
				return
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			assert.Equal(t, strings.Join(tt.want, " "), strings.Join(got, " "))
		})
	}
}

// What is replaced begins where the part begins that is completed.
func TestCompleteFrom(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, "")
	for text, from := range map[string]int{
		"cluster.po|":                         8,
		"cluster.|":                           8,
		"  clu|":                              2,
		":watch cluster.po|":                  15,
		":c|":                                 1,
		":ctx pr|":                            5,
		"?cluster.po|":                        9,
		"cluster.pods:fetch('w|":              20,
		"cluster.pods:filter{fields='x=1,st|": 32,
		"cluster.pods:filter{fields='status.phase=R|": 41,
	} {
		assert.Equal(t, from, c.at(text).From, text)
	}
}

// A text that is complete is closed.
func TestCompleteCloses(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, "web = { ['a-b'] = 1 }")
	for text, want := range map[string]string{
		"kube.kindimpl('PodL|":   "'",
		`kube.kindimpl("PodL|`:   `"`,
		`kube.kindimpl("PodL|)`:  `"`,
		`kube.kindimpl("PodL|")`: "",
		`kube.kindimpl("P|od")`:  "",
		"web['a|":                "']",
		"web['a|]":               "'",
		"web['a|']":              "",
		"cluster.pods:filter{fields='status.phase|": "",
		"cluster.po|": "",
		":ctx pr|":    "",
	} {
		assert.Equal(t, want, c.at(text).Close, text)
	}
}

// Candidates say what they are.
func TestCandidates(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, "")
	for text, want := range map[string]Candidate{
		"cluster.pods:fet|":             {Text: "fetch", Display: "fetch(name, options?)", Description: "The object with a name; LookupError where there is none.", Kind: MethodCandidate},
		"cluster.url|":                  {Text: "url", Display: "url", Description: "The server's address.", Kind: FieldCandidate},
		"cluster.daem|":                 {Text: "daemonsets", Description: "DaemonSet of apps/v1", Kind: ViewCandidate},
		"cluster.pods:table{wi|":        {Text: "wide", Display: "wide", Description: "The columns of -o wide too.", Kind: OptionCandidate},
		"('x'):up|":                     {Text: "upper", Display: "upper()", Description: "The string in upper case.", Kind: MethodCandidate},
		"kub|":                          {Text: "kube", Display: "kube", Description: "Clusters, values and errors of Kubernetes.", Kind: GlobalCandidate},
		"whi|":                          {Text: "while", Kind: KeywordCandidate},
		":ct|":                          {Text: "ctx", Display: ":ctx", Description: "Changes the context.", Kind: CommandCandidate},
		"kube.cluster{context='p|":      {Text: "prod", Kind: ContextCandidate},
		"cluster.pods:fetch('x').host|": {Text: "host_ip", Description: "IP address of the pod's host within the cluster.", Kind: FieldCandidate},
	} {
		items := c.at(text).Items
		if assert.Len(t, items, 1, text) {
			assert.Equal(t, want, items[0], text)
		}
	}
}

// Where the session doesn't come free, there is nothing to offer, and no wait.
func TestCompleteWhileBusy(t *testing.T) {
	t.Parallel()
	c := NewCompleter(CompleterOptions{Within: func(ctx context.Context, _ func(Scope)) error {
		<-ctx.Done()
		return ctx.Err()
	}})
	defer c.Close()
	begin := time.Now()
	assert.Equal(t, Completions{From: 3}, c.Complete("clu", 3))
	assert.Less(t, time.Since(begin), 30*time.Second)
}

// A cluster that nobody reaches is asked, and asked no more for a while.
func TestCompleteUnreachable(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, "")
	assert.True(t, c.at("cluster.pods:fetch('|").Pending)
	assert.Empty(t, c.settled(t, "cluster.pods:fetch('|").Items)
	assert.Equal(t, []string{"daemonsets"}, offered(c.settled(t, "cluster.daem|")))
}

// FuzzComplete completes anywhere in any text.
func FuzzComplete(f *testing.F) {
	for _, text := range []string{
		"cluster.pods:fetch('x', {namespace = 'y'}).meta.labels['app']", "for p in cluster.pods do p.spec.containers[1].image end",
		"pods:filter{labels = {app = 'x'}, fields = 'a=b,c!='}", ":ns web", "?x.y", "x = x.y x = x:z() x.", "f{[\"", "-- [[", "a.b:c'd'[e](f){g}.",
		"local x = x x.", "for x in x do x.", "function f(x) x", "[==[", "'\\", "::a::",
	} {
		f.Add(text, len(text))
	}
	c := completeIn(f, nowhere, "pods = cluster.pods t = { t = { 1 } }")
	f.Fuzz(func(t *testing.T, text string, cursor int) {
		done := c.Complete(text, cursor)
		assert.LessOrEqual(t, done.From, len(text))
		assert.GreaterOrEqual(t, done.From, 0)
		assert.LessOrEqual(t, done.From, max(cursor, 0))
	})
}
