package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// guardedCluster connects under policies.
func guardedCluster(t *testing.T, ask Asker, policies ...*Policy) *Cluster {
	t.Helper()
	c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Guard: NewGuard(ask, policies...)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// Nothing that changes something comes through a read-only guard, by whatever
// method of this package; what only reads does.
func TestReadOnlyCluster(t *testing.T) {
	t.Parallel()
	free := connect(t)
	pod := runningPod(t, free, "p", "{}", onePort)
	namespace := pod.Meta().Namespace()
	c := guardedCluster(t, nil, &Policy{ReadOnly: true})
	ctx := t.Context()

	pods := c.Builtin("pods")
	names(t, pods)
	pod, err := pods.Fetch(ctx, "p", namespace)
	require.NoError(t, err)
	logs, err := pod.Logs(ctx, LogOptions{})
	require.NoError(t, err)
	logs.Close()
	w, err := pod.Watch(ctx, WatchOptions{})
	require.NoError(t, err)
	w.Close()
	_, err = c.View(ctx, "cronjobs")
	require.NoError(t, err)
	_, err = c.Proxy().Do(ctx, Call{Method: "GET", Path: []string{"/version"}})
	require.NoError(t, err)
	_, err = c.Proxy().Do(ctx, Call{Method: "POST", Path: []string{"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"},
		Body: []byte(`{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}`)})
	require.NoError(t, err)

	object := parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"`+namespace+`"}}`)
	change := parse(t, `{"metadata":{"labels":{"a":"b"}}}`)
	proxy := func(method, path string) func() error {
		return func() error {
			_, err := c.Proxy().Do(ctx, Call{Method: method, Path: []string{path}, Body: change.Raw()})
			return err
		}
	}
	for name, write := range map[string]func() error{
		"create":       func() error { _, err := c.Create(ctx, object, CreateOptions{}); return err },
		"apply":        func() error { _, err := c.Apply(ctx, object, ApplyOptions{}); return err },
		"apply all":    func() error { _, err := c.ApplyAll(ctx, []Value{object}, ApplyOptions{}); return err },
		"patch":        func() error { _, err := pod.Patch(ctx, change, PatchOptions{}); return err },
		"patch status": func() error { _, err := pod.Patch(ctx, change, PatchOptions{Subresource: "status"}); return err },
		"update":       func() error { _, err := pod.Update(ctx, change, UpdateOptions{}); return err },
		"edit": func() error {
			_, err := pod.Edit(ctx, func(o Value) (Value, error) { return setField(o, "x", textValue("y")), nil }, EditOptions{})
			return err
		},
		"delete": func() error { return pod.Delete(ctx, DeleteOptions{}) },
		"evict":  func() error { return pod.Evict(ctx, nil) },
		"exec":   func() error { _, err := pod.Exec(ctx, []string{"true"}, nil, 0, ExecOptions{}); return err },
		"exec by SPDY": func() error {
			_, err := pod.Exec(ctx, []string{"true"}, nil, 0, ExecOptions{Protocol: "spdy"})
			return err
		},
		"port-forward": func() error {
			f, err := pod.PortForward(ctx, 8080, 0)
			if err == nil {
				f.Close()
			}
			return err
		},
		"http":                  func() error { _, err := pod.HTTP(ctx, HTTPCall{Method: "GET", Path: "/"}); return err },
		"proxy post":            proxy("POST", "/api/v1/namespaces/"+namespace+"/configmaps"),
		"proxy patch":           proxy("PATCH", "/api/v1/namespaces/"+namespace+"/pods/p"),
		"proxy delete":          proxy("DELETE", "/api/v1/namespaces/"+namespace+"/pods/p"),
		"proxy dry run":         proxy("DELETE", "/api/v1/namespaces/"+namespace+"/pods/p?dryRun=All"),
		"proxy in lower case":   proxy("delete", "/api/v1/namespaces/"+namespace+"/pods/p"),
		"proxy to a collection": proxy("DELETE", "/api/v1/namespaces/"+namespace+"/pods"),
		"proxy to no resource":  proxy("POST", "/version"),
	} {
		err := write()
		assert.True(t, IsKind(err, DeniedError), "%s: %v", name, err)
		assert.True(t, IsReason(err, ReasonDenied), "%s: %v", name, err)
		if name != "proxy in lower case" {
			assert.ErrorContains(t, err, ": denied by --read-only", name)
		}
	}
	now, err := free.Builtin("pods").Fetch(ctx, "p", namespace)
	require.NoError(t, err)
	assert.False(t, now.Meta().get("deletionTimestamp").Exists())
	_, labelled := now.Meta().Labels().Get("a")
	assert.False(t, labelled)
}

// Bounds hold for all tasks and clusters of a run together. What the server
// refuses, and a dry run, doesn't count.
func TestGuardBounds(t *testing.T) {
	t.Parallel()
	free := configMaps(t, connect(t))
	createMany(t, free, 20)
	guard := NewGuard(nil, &Policy{MaxDeletes: bound(7)}, &Policy{MaxWrites: bound(10), MaxDeletes: bound(100)})
	var clusters []*Cluster
	for range 2 {
		c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Guard: guard})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		clusters = append(clusters, c)
	}
	items := make([]*Item, 0, 20)
	for item, err := range free.All(t.Context()) {
		require.NoError(t, err)
		own := *item
		own.cluster = clusters[len(items)%2]
		items = append(items, &own)
	}
	// Refusals and dry runs.
	for range 20 {
		_, err := items[0].Update(t.Context(), parse(t, `{"metadata":{"resourceVersion":"1"}}`), UpdateOptions{})
		require.True(t, IsReason(err, "Conflict"), "%v", err)
		_, err = clusters[0].Proxy().Do(t.Context(), Call{Method: "DELETE", Path: []string{items[0].Meta().Link() + "?dryRun=All"}})
		require.NoError(t, err)
	}
	var deleted, denied atomic.Int32
	var tasks sync.WaitGroup
	for _, item := range items {
		tasks.Go(func() {
			switch err := item.Delete(t.Context(), DeleteOptions{}); {
			case err == nil:
				deleted.Add(1)
			case IsKind(err, DeniedError):
				assert.ErrorContains(t, err, "delete configmaps "+item.Meta().Namespace()+"/"+item.Meta().Name()+": denied by --max-deletes 7: 7 deleted")
				denied.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	tasks.Wait()
	assert.EqualValues(t, 7, deleted.Load())
	assert.EqualValues(t, 13, denied.Load())
	assert.Len(t, names(t, free), 13)
	made := 0
	for n := range 5 {
		_, err := clusters[1].Create(t.Context(), parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new-%d"}}`, n)), CreateOptions{Namespace: free.Namespace()})
		if err == nil {
			made++
		} else {
			assert.ErrorContains(t, err, "denied by --max-writes 10: 10 changes made")
		}
	}
	assert.Equal(t, 3, made)
}

// What a server behind the API server refuses counts: it may have done anything.
func TestGuardCountsWhatIsPassedOn(t *testing.T) {
	t.Parallel()
	link := NewGuard(nil, &Policy{MaxWrites: bound(1)}).link(guarded{base: "/", server: "https://host/"})
	rt := link(roundTrip(func(r *http.Request) (*http.Response, error) {
		return answer{status: http.StatusNotFound, body: "{}"}.response(r), nil
	}))
	for _, tt := range []struct {
		line string
		want bool
	}{
		{"POST " + webPods, true},
		{"POST " + webPods + "/a/proxy/x", true},
		{"POST " + webPods + "/a/proxy/x", false},
		{"POST " + webPods, false},
	} {
		resp, err := rt.RoundTrip(requestOf(t, tt.line, "/", ""))
		assert.Equal(t, tt.want, err == nil, tt.line)
		if err == nil {
			resp.Body.Close()
		}
	}
}

// Of some kinds an update makes the object that isn't there.
func TestGuardOfUpdatesThatCreate(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	role := parse(t, `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r","namespace":"`+namespace+`","resourceVersion":"1"},"rules":[]}`)
	update := func(p *Policy) error {
		c := guardedCluster(t, nil, p)
		item, err := c.Item(t.Context(), role)
		require.NoError(t, err)
		_, err = item.Update(t.Context(), role, UpdateOptions{})
		return err
	}
	assert.EqualError(t, update(&Policy{Deny: rules(t, "create")}), "create roles "+namespace+"/r: denied by --deny create (an update without a uid may create)")
	require.NoError(t, update(&Policy{}), "servers do that")
	c := guardedCluster(t, nil, &Policy{Deny: rules(t, "create")})
	roles, err := c.View(t.Context(), "roles")
	require.NoError(t, err)
	made, err := roles.Fetch(t.Context(), "r", namespace)
	require.NoError(t, err)
	_, err = made.Update(t.Context(), parse(t, `{"metadata":{"labels":{"a":"b"}}}`), UpdateOptions{})
	assert.NoError(t, err)
}

// A write that is sent again, because its answer was lost, counts once.
func TestGuardCountsLostAnswersOnce(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	create(t, v, "a")
	create(t, v, "b")
	var lost atomic.Int32
	c, err := Connect(Options{
		Kubeconfig: localtest.Kubeconfig(t),
		Guard:      NewGuard(nil, &Policy{MaxDeletes: bound(1)}),
		Links: []Link{func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				if err == nil && r.Method == http.MethodDelete && lost.Add(1) <= 2 {
					resp.Body.Close()
					return nil, errors.New("lost")
				}
				return resp, err
			})
		}},
	})
	require.NoError(t, err)
	defer c.Close()
	v, err = viewOf(t, c, "configmaps").Namespaced(v.Namespace())
	require.NoError(t, err)
	item, err := v.Fetch(t.Context(), "a", "")
	require.NoError(t, err)
	require.NoError(t, item.Delete(t.Context(), DeleteOptions{}))
	require.EqualValues(t, 3, lost.Load())
	item, err = v.Fetch(t.Context(), "b", "")
	require.NoError(t, err)
	require.True(t, IsKind(item.Delete(t.Context(), DeleteOptions{}), DeniedError))
}

// A production cluster is asked for once a run, before its first change.
func TestGuardOfProduction(t *testing.T) {
	t.Parallel()
	config, err := clientcmd.LoadFromFile(localtest.Kubeconfig(t))
	require.NoError(t, err)
	config.Contexts["eu-prod"] = config.Contexts[config.CurrentContext]
	kubeconfig := filepath.Join(t.TempDir(), "config")
	require.NoError(t, clientcmd.WriteToFile(*config, kubeconfig))
	namespace := localtest.Namespace(t)
	server := config.Clusters[config.Contexts["eu-prod"].Cluster].Server
	token := config.AuthInfos[config.Contexts["eu-prod"].AuthInfo].Token
	require.NotEmpty(t, token)

	inContext, byURL := Options{Kubeconfig: kubeconfig}, Options{Kubeconfig: kubeconfig, URL: server}
	inContext.Overrides.CurrentContext = "eu-prod"
	byURL.Overrides.AuthInfo.Token = token
	byURL.Overrides.ClusterInfo.InsecureSkipTLSVerify = true
	change := func(c *Cluster, n int) error {
		_, err := c.Create(t.Context(), parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"new-%d-"}}`, n)), CreateOptions{Namespace: namespace})
		return err
	}
	yes := func(context.Context, string) (bool, error) { return true, nil }
	no := func(context.Context, string) (bool, error) { return false, nil }
	mark := `the mark of context "eu-prod" as production`
	for _, tt := range []struct {
		name     string
		ask      Asker
		policies []*Policy
		asked    int32
		want     string
	}{
		{"yes", yes, nil, 1, ""},
		{"no", no, nil, 1, mark + ": the answer was no"},
		{"nobody to ask", nil, nil, 0, mark + ", and there is no terminal to ask on (--production allow lets the run change it)"},
		{"refuse", yes, []*Policy{{Production: ProductionRefuse}}, 0, mark + ", --production refuse"},
		{"allow", no, []*Policy{{Production: ProductionAllow}}, 0, ""},
		{"the stricter", yes, []*Policy{{Production: ProductionAllow}, {Production: ProductionAsk}, {}}, 1, ""},
		{"read-only", yes, []*Policy{{ReadOnly: true}}, 0, "--read-only"},
	} {
		for place, options := range map[string]Options{"context": inContext, "url": byURL} {
			t.Run(tt.name+" by "+place, func(t *testing.T) {
				t.Parallel()
				var asked atomic.Int32
				var ask Asker
				if tt.ask != nil {
					ask = func(ctx context.Context, question string) (bool, error) {
						asked.Add(1)
						assert.Equal(t, `context "eu-prod" is production: may this run change it? first by: create configmaps in `+namespace, question)
						return tt.ask(ctx, question)
					}
				}
				options.Guard = NewGuard(ask, tt.policies...)
				c, err := Connect(options)
				require.NoError(t, err)
				defer c.Close()
				_, err = c.Builtin("pods").Find(t.Context(), "x", namespace)
				require.NoError(t, err)
				require.Zero(t, asked.Load())
				var tasks sync.WaitGroup
				for n := range 5 {
					tasks.Go(func() {
						err := change(c, n)
						if tt.want == "" {
							assert.NoError(t, err)
						} else {
							assert.EqualError(t, err, "create configmaps in "+namespace+": denied by "+tt.want)
						}
					})
				}
				tasks.Wait()
				assert.Equal(t, tt.asked, asked.Load())
			})
		}
	}

	t.Run("while asking the run ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		options := inContext
		options.Guard = NewGuard(func(ctx context.Context, _ string) (bool, error) {
			<-ctx.Done()
			return false, context.Cause(ctx)
		})
		c, err := Connect(options)
		require.NoError(t, err)
		defer c.Close()
		for range 2 {
			_, err = c.Create(ctx, parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}`), CreateOptions{Namespace: namespace})
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		}
	})
}

// What the server doesn't take for a dry run counts, whatever its query says.
func TestGuardCountsFalseDryRuns(t *testing.T) {
	t.Parallel()
	free := configMaps(t, connect(t))
	create(t, free, "a")
	create(t, free, "b")
	c := guardedCluster(t, nil, &Policy{MaxDeletes: bound(1)})
	remove := func(name, body string) error {
		path := "/api/v1/namespaces/" + free.Namespace() + "/configmaps/" + name + "?dryRun=All"
		_, err := c.Proxy().Do(t.Context(), Call{Method: "DELETE", Path: []string{path}, Body: []byte(body)})
		return err
	}
	require.NoError(t, remove("a", ""))
	require.NoError(t, remove("b", ""))
	assert.Equal(t, []string{"a", "b"}, names(t, free))
	require.NoError(t, remove("a", "{}"))
	assert.Equal(t, []string{"b"}, names(t, free), "the server has not obeyed the query")
	assert.True(t, IsKind(remove("b", "{}"), DeniedError))
	assert.True(t, IsKind(remove("b", `{"dryRun":["All"]}`), DeniedError), "nobody looks into the body")

	for line, want := range map[string]bool{
		"POST " + webPods + "?dryRun=All":               true,
		"POST " + webPods + "/a/eviction?dryRun=All":    true,
		"POST " + webPods + "?dryRun=all":               false,
		"POST " + webPods + "?dryRun=":                  false,
		"GET " + webPods + "/a/exec?dryRun=All":         false,
		"POST " + webPods + "/a/proxy/x?dryRun=All":     false,
		"POST " + webPods + "/a/portforward?dryRun=All": false,
	} {
		sent, _ := guardedCall(t, requestOf(t, line, "/", ""), &Policy{MaxWrites: bound(0)})
		assert.Equal(t, want, sent, line)
	}
}

// Changes can be denied, and allowed again, while the run goes on.
func TestGuardSetReadOnly(t *testing.T) {
	t.Parallel()
	guard := NewGuard(nil)
	c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Guard: guard})
	require.NoError(t, err)
	defer c.Close()
	namespace := localtest.Namespace(t)
	change := func() error {
		_, err := c.Create(t.Context(), parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"a-"}}`), CreateOptions{Namespace: namespace})
		return err
	}
	require.NoError(t, change())
	guard.SetReadOnly(":readonly on")
	assert.EqualError(t, change(), "create configmaps in "+namespace+": denied by :readonly on")
	names(t, c.Builtin("pods"))
	guard.SetReadOnly("")
	assert.NoError(t, change())

	guard = NewGuard(nil, &Policy{ReadOnly: true})
	guard.SetReadOnly("")
	assert.Equal(t, "--read-only", guard.ReadOnly())
}

// A cluster that the script describes is under the same guard and audit.
func TestGuardOfOtherClusters(t *testing.T) {
	t.Parallel()
	flags := Options{Guard: NewGuard(nil, &Policy{ReadOnly: true}), Audit: NewAudit(nil)}
	for _, o := range []Options{{}, {URL: "http://127.0.0.1:1"}, {Guard: NewGuard(nil), Audit: NewAudit(nil)}} {
		assert.Same(t, flags.Guard, o.Over(flags).Guard)
		assert.Same(t, flags.Audit, o.Over(flags).Audit)
	}
}

func TestGuardNarrows(t *testing.T) {
	t.Parallel()
	most := 1
	policy, err := PolicyOf("the policy of job sweep", Value{[]byte(`{"deny":[{"resources":["secrets"]}],"maxWrites":1}`)})
	require.NoError(t, err)
	g := NewGuard(nil, &Policy{MaxDeletes: &most})
	assert.Equal(t, "", g.rules.Load().policies[0].denies(deed{reads: true, Access: Access{Verb: "get", Resource: "secrets"}}))
	g.Narrow(policy)
	var denials []string
	for _, p := range g.rules.Load().policies {
		denials = append(denials, p.denies(deed{reads: true, Access: Access{Verb: "get", Resource: "secrets"}}))
	}
	assert.Equal(t, []string{"", "deny rule 1 of the policy of job sweep"}, denials)
	assert.Equal(t, "maxWrites of the policy of job sweep: 1 changes made", policy.exceeded(0, 2))
}

// Parts of a run count for its bounds together, and each for its own.
func TestGuardOfParts(t *testing.T) {
	t.Parallel()
	whole := NewGuard(nil, &Policy{MaxWrites: bound(5)})
	change := func(g *Guard) string {
		link := g.link(guarded{base: "/", server: "https://host/"})
		resp, err := link(roundTrip(func(r *http.Request) (*http.Response, error) {
			return answer{status: http.StatusOK, body: "{}"}.response(r), nil
		})).RoundTrip(requestOf(t, "POST "+webPods, "/", ""))
		if err != nil {
			return err.Error()
		}
		resp.Body.Close()
		return ""
	}
	const denied = "create pods in web: denied by "
	one, other := whole.Part(), whole.Part()
	assert.Empty(t, change(one))
	one.Narrow(&Policy{MaxWrites: bound(2)})
	assert.Empty(t, change(one))
	assert.Equal(t, denied+"--max-writes 2: 2 changes made", change(one), "one before it was narrowed, one after that")
	for range 3 {
		assert.Empty(t, change(other))
	}
	assert.Equal(t, denied+"--max-writes 5: 5 changes made", change(other))
	assert.Equal(t, denied+"--max-writes 5: 5 changes made", change(whole))
	assert.Equal(t, denied+"--max-writes 5: 5 changes made", change(whole.Part()))

	whole.SetReadOnly(":readonly on")
	assert.Equal(t, denied+":readonly on", change(other))
}
