package repl

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// explained is Lua that leaves in a session what the tests ask about.
const explained = `
	pods = cluster.pods
	pod = cluster:item { apiVersion = "v1", kind = "Pod", metadata = { name = "web", namespace = "shop" } }
	web = { name = "shop", start = function(when, ...) end }
	n = 3
`

func TestHelp(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, explained)
	for expression, want := range map[string]string{
		"cluster.pods.fetch": `cluster.pods:fetch(name, options?) -> kube.Pod

The object with a name; LookupError where there is none.

Arguments:
  name: string
  options?: kube.FetchOptions

Options:
  namespace?: string  The namespace, where the view isn't bound to
                      one.

    cluster.deployments:fetch("cart", { namespace = "shop" })
`,
		"pod:delete": `pod:delete(options?)

Deletes the object, and never another that has its name by now.
LookupError where it is gone already.

Arguments:
  options?: kube.DeleteOptions

Options:
  grace?: kube.Duration           The time that it is given to
                                  end.
  propagation?: kube.Propagation  Background unless told.
    "Background"  They are deleted afterwards.
    "Foreground"  They are deleted before.
    "Orphan"      They stay.
  wait?: boolean|kube.Duration    Waits until it is gone: true for
                                  5 minutes at most.

    job:delete { propagation = "Foreground", wait = "2m" }
`,
		"('x'):rep": `('x'):rep(n, separator?) -> string

The string n times.

Arguments:
  n: integer
  separator?: string  What stands between.

    print(("ab"):rep(3, "-"))                      --> ab-ab-ab
`,
		// The example is that of the class, which calls it.
		"test.Clock.now": `test.Clock:now() -> time.Time

The time that it shows.

    function test_expires(t)
      local clock = t:clock("2026-01-01T00:00:00Z")
      clock:advance("36h")
      t:eq(tostring(clock:now()), "2026-01-02T12:00:00Z")
      clock:set("2027-01-01T00:00:00Z")
    end
`,
		"kube.PatchType": `kube.PatchType: "merge"|"strategic"|"json"|"apply"

How a patch is read.

  "merge"      Tables are merged, lists replaced, kube.null
               deletes (RFC 7386).
  "strategic"  Lists are merged by their keys; for built-in kinds.
  "json"       A list of operations (RFC 6902).
  "apply"      As item:apply.
`,
		"pod.phase":      "pod.phase: string\n\nPhase of the pod, a PodPhase.\n",
		"kube.Pod.phase": "kube.Pod.phase: string\n\nPhase of the pod, a PodPhase.\n",
		"kube.NamespacePhase": `kube.NamespacePhase: kube.NamespacePhaseEnum

Phases of a namespace. A name that isn't there raises.

Fields:
  Active: "Active"
  Terminating: "Terminating"
`,
		"kube.now():age": "kube.now():age() -> number\n\nHow many seconds ago it was.\n\n    if pod.meta.created:age() > 7 * 86400 then print(pod) end\n",
		"web":            "web: table\n\nFields:\n  name: string\n  start: function\n",
		"web.start":      "web.start = function(when, ...) -- test:4\n",
		"n":              "n: number\n",
		" n ":            "n: number\n",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := c.Help(t.Context(), expression, 66, false)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

// What has members lists them.
func TestHelpOfValues(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, explained)
	for expression, want := range map[string][]string{
		"pods":         {"pods: kube.PodView\n", "A collection of pods", "\nFields:\n", "\nMethods:\n", "\n  fetch(name, options?)   The object with a name;"},
		"pod":          {"pod: kube.Pod\n", "\n  phase: string ", "\n  exec(command, options?) ", "\n  meta: kube.Metadata "},
		"task":         {"task: tasklib\n", "\nFunctions:\n", "\n  sleep(time) "},
		"cluster":      {"cluster: kube.Cluster\n", "The cluster that the flags of kubelua name.", "\n  pods: kube.PodView"},
		"kube.Rollout": {"kube.Rollout\n\nHow far a rollout is.", "\n  done: boolean\n"},
		"pod.spec":     {"pod.spec: kube.Mapping\n\nWhat the object shall be;"},
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := c.Help(t.Context(), expression, 80, false)
			require.NoError(t, err)
			for _, part := range want {
				assert.Contains(t, got, part)
			}
		})
	}
}

func TestHelpOfNothing(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, explained)
	for expression, want := range map[string]string{
		"":             `"" is nothing that can be explained (want a name such as cluster.pods:fetch)`,
		"1 + 2":        `"1 + 2" is nothing that can be explained (want a name such as cluster.pods:fetch)`,
		"clustr":       `nothing is known of clustr (did you mean "cluster"?)`,
		"cluster.podz": `nothing is known of cluster.podz (did you mean "pods"?)`,
		"pod.phaze":    `nothing is known of pod.phaze (did you mean "phase"?)`,
		"pod:lgos":     `nothing is known of pod:lgos (did you mean "logs"?)`,
		"kube.Noed":    `nothing is known of kube.Noed (did you mean "kube.Node" or "kube.Pod" or "kube.Item"?)`,
		"web.stop":     `nothing is known of web.stop (known: name, start)`,
	} {
		_, err := c.Help(t.Context(), expression, 80, false)
		assert.EqualError(t, err, want)
	}
}

// What a server has to say.
func TestHelpLive(t *testing.T) {
	t.Parallel()
	c := completeIn(t, reached(t), "")
	for expression, want := range map[string][]string{
		"cluster.pods:fetch('x').spec.containers": {".spec.containers: array of object\n\nList of containers", "\nFields:\n", "\n  name: string ", "\n  image?: string "},
		"cluster.cronjobs":                        {"cluster.cronjobs: kube.CronJobView\n"},
		"cluster.cronjobs:fetch('x'):trigger":     {":trigger(options?) -> kube.Job\n"},
		"cluster.configmaps:fetch":                {"cluster.configmaps:fetch(name, options?) -> kube.Item\n"},
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			got, err := c.Help(t.Context(), expression, 80, false)
			require.NoError(t, err)
			for _, part := range want {
				assert.Contains(t, got, part)
			}
		})
	}
	_, err := c.Help(t.Context(), "cluster.confgimaps", 80, false)
	assert.EqualError(t, err, `nothing is known of cluster.confgimaps (did you mean "configmaps"?)`)
}

// Everything in the stubs can be laid out, and is as wide as asked.
func TestManuals(t *testing.T) {
	t.Parallel()
	index := engine.API()
	for _, c := range index.Classes() {
		for _, s := range c.Members {
			m := newManual(index, 60, false)
			if s.Kind == luacats.Field {
				m.value(s.Path, s.Doc, s.Type)
			} else {
				m.function(s.Path, s)
			}
			for line := range strings.Lines(m.String()) {
				long := utf8.RuneCountInString(line) > 61 && !strings.HasPrefix(line, "  ") && strings.Contains(line, " ")
				assert.False(t, long, "%s: %q", s.Path, line)
			}
		}
	}
}

func TestHint(t *testing.T) {
	t.Parallel()
	c := completeIn(t, nowhere, explained)
	fetch := "fetch(name, options?) -> kube.Pod"
	for text, want := range map[string]Hint{
		"cluster.pods:fetch(":                       {fetch, "name: string"},
		"cluster.pods:fetch('we":                    {fetch, "name: string"},
		"cluster.pods:fetch('x', ":                  {fetch, "options?: kube.FetchOptions"},
		"cluster.pods:fetch('x', { ":                {fetch, "options?: kube.FetchOptions"},
		"cluster.pods:fetch('x', { namespace = '":   {fetch, "namespace?: string  The namespace, where the view isn't bound to one."},
		"print(cluster.pods:fetch('x'), pods:find(": {"find(name, options?) -> kube.Pod?", "name: string"},
		"print(cluster.pods:fetch('x'), ":           {"print(...)", "...: any"},
		"cluster.pods:filter { labels = ":           {"filter(options) -> kube.PodView", "labels?: kube.Selector  What labels must be: { app = \"web\" }, \"app in (web, api), !canary\"."},
		"cluster.pods:filter { ":                    {"filter(options) -> kube.PodView", "options: kube.FilterOptions"},
		"('x'):rep(":                                {"rep(n, separator?) -> string", "n: integer"},
		"cluster.proxy:get('a', 'b":                 {"get(...) -> any", "...: string|kube.GetOptions  The path, then the options."},
		"cluster.pods:all(1, ":                      {"all() -> kube.PodView", ""},
		"web.start(":                                {},
		"cluster.pods:fetch('x')":                   {},
		"x = { ":                                    {},
		"":                                          {},
	} {
		assert.Equal(t, want, c.Hint(text, len(text)), text)
	}
	assert.Equal(t, fetch, c.Hint("cluster.pods:fetch('x')", len("cluster.pods:fetch('")).Call, "the cursor inside")
}

// FuzzHelp has any text be explained, and be hinted at, without a panic.
func FuzzHelp(f *testing.F) {
	for _, seed := range []string{"pod.phase", "cluster.pods:fetch('x', {", "('x'):rep", "kube.PatchType", "a:b(c{d=", "::", "[["} {
		f.Add(seed)
	}
	c := completeIn(f, nowhere, explained)
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = c.Help(t.Context(), text, 40, true)
		c.Hint(text, len(text)/2)
		c.Hint(text, len(text))
	})
}
