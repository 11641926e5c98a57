package kube

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// Whatever is written, in whatever order: with a plan each call has the outcome
// that it has without, unless it can't be planned, and the plan that is carried
// out leaves what the calls themselves leave.
func TestPlanOfRandomWrites(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			plan, dry, real := planning(t)
			here, there := localtest.Namespace(t), localtest.Namespace(t)
			for _, name := range []string{"a", "b"} {
				for _, namespace := range []string{here, there} {
					_, err := real.Create(t.Context(), configMap(t, name, `{"x":"0","y":"0"}`), CreateOptions{Namespace: namespace})
					require.NoError(t, err)
				}
			}
			before := everything(t, real, here)
			planned, refused := 0, 0
			var history []string
			for range 14 {
				w := randomWrite(random)
				history = append(history, w.String())
				got, gotErr := w.do(t, dry, here)
				if IsReason(gotErr, ReasonUnplannable) {
					refused++
					continue
				}
				planned++
				want, wantErr := w.do(t, real, there)
				require.Equal(t, reasonOf(wantErr), reasonOf(gotErr), "%v\nplanned: %v\nreally: %v", history, gotErr, wantErr)
				if wantErr == nil {
					require.Equal(t, ownState(want), ownState(got), "%v", history)
				}
			}
			t.Log(planned, "planned,", refused, "refused:", history)
			assert.Greater(t, planned, refused)
			assert.Equal(t, before, everything(t, real, here), "nothing has happened")
			assert.Equal(t, everything(t, real, there), everything(t, dry, here), "what the run sees")
			for _, line := range carriedOut(t, plan, real) {
				assert.NotRegexp(t, "^(refused|failed)", line, "%v", history)
			}
			assert.Equal(t, everything(t, real, there), everything(t, real, here), "%v", history)
		})
	}
}

func configMap(t *testing.T, name, data string) Value {
	return parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":%q},"data":%s}`, name, data))
}

// anyWrite is a call that changes a config map.
type anyWrite struct{ verb, name, key, value, manager string }

func randomWrite(random *rand.Rand) anyWrite {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	return anyWrite{
		verb: pick("create", "merge", "merge", "unset", "json", "strategic", "apply", "apply", "update", "edit", "label", "delete"),
		name: pick("a", "b", "c"), key: pick("x", "y", "z"), value: pick("1", "2"), manager: pick("", "one", "two"),
	}
}

func (w anyWrite) String() string {
	return fmt.Sprintf("%s %s %s=%s %s", w.verb, w.name, w.key, w.value, w.manager)
}

func (w anyWrite) do(t *testing.T, c *Cluster, namespace string) (*Item, error) {
	ctx := t.Context()
	field := fmt.Sprintf(`{"data":{%q:%q}}`, w.key, w.value)
	switch w.verb {
	case "create":
		return c.Create(ctx, configMap(t, w.name, `{"x":"1"}`), CreateOptions{Namespace: namespace, FieldManager: w.manager})
	case "apply":
		list, err := c.ApplyAll(ctx, []Value{afterPatch(configMap(t, w.name, `{}`), parse(t, field))},
			ApplyOptions{Namespace: namespace, FieldManager: w.manager, Force: w.value == "2"})
		if err != nil {
			return nil, err
		}
		return list[0], nil
	}
	v, err := c.View(ctx, "configmaps")
	require.NoError(t, err)
	item, err := v.Fetch(ctx, w.name, namespace)
	if err != nil {
		return nil, err
	}
	switch w.verb {
	case "merge":
		return item.Patch(ctx, parse(t, field), PatchOptions{FieldManager: w.manager})
	case "unset":
		return item.Patch(ctx, parse(t, fmt.Sprintf(`{"data":{%q:null}}`, w.key)), PatchOptions{FieldManager: w.manager})
	case "strategic":
		return item.Patch(ctx, parse(t, field), PatchOptions{Type: "strategic"})
	case "json":
		return item.Patch(ctx, parse(t, fmt.Sprintf(`[{"op":"replace","path":"/data/%s","value":%q}]`, w.key, w.value)), PatchOptions{Type: "json"})
	case "update":
		return item.Update(ctx, afterPatch(item.Raw(), parse(t, field)), UpdateOptions{FieldManager: w.manager})
	case "edit":
		return item.Edit(ctx, func(object Value) (Value, error) { return afterPatch(object, parse(t, field)), nil }, EditOptions{})
	case "label":
		return item.Meta().Labels().Set(ctx, w.key, w.value)
	}
	return nil, item.Delete(ctx, DeleteOptions{})
}

func reasonOf(err error) string {
	if e, ok := err.(*Error); ok {
		return e.Reason
	}
	return fmt.Sprint(err)
}

// ownState is what of an item doesn't depend on where and when it was made.
func ownState(item *Item) string {
	if item == nil {
		return ""
	}
	return sorted(withMeta(essential(item.Raw()), "namespace", Value{}))
}

// sorted is an object as YAML with its keys in order. The server leaves out data
// that are empty, which is not known of what it hasn't checked.
func sorted(v Value) string {
	if v.Get("data").Len() == 0 {
		v = setField(v, "data", Value{})
	}
	text, err := yaml.JSONToYAML(v.Raw())
	if err != nil {
		return err.Error()
	}
	return string(text)
}
