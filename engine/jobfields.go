package engine

import (
	"math"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine/cron"
	"github.com/kubelua/kubelua/kube"
)

// jobFields are the fields of job{...}.
type jobFields struct {
	Name     string
	Schedule lua.LValue
	Timezone string
	On       lua.LValue
	Timeout  lua.LValue
	Overlap  string
	Missed   string
	Grace    lua.LValue
	Jitter   lua.LValue
	Retries  lua.LValue
	Backoff  lua.LValue
	Policy   lua.LValue
	Run      lua.LValue
}

// given tells whether a field is there.
func given(v lua.LValue) bool { return v != nil && v != lua.LNil }

// readJob reads the argument of job{...}. What isn't meant so is raised.
func (vm *VM) readJob(L *lua.LState) *Job {
	if L.Get(1).Type() != lua.LTTable {
		vm.invalid(L, "job: want a table: job{ name = ..., schedule = ..., run = function(ctx) ... end }")
	}
	f := bindings.Options[jobFields](vm.kube, L, 1)
	if !jobName.MatchString(f.Name) {
		vm.invalid(L, "job: name must be a text of lower case letters, digits and dashes, at most 52, not %q", f.Name)
	}
	j := &Job{Name: f.Name, Where: vm.Where(L), run: f.Run}
	if !given(f.Run) || f.Run.Type() != lua.LTFunction {
		vm.invalid(L, "job %s: run must be a function: run = function(ctx) ... end", j.Name)
	}
	r := jobReader{vm, L, j}
	r.schedule(f)
	r.on(f.On)
	if j.Schedule == nil && j.On == nil && f.Timezone != "" {
		r.wrong("timezone is that of a schedule, and there is none")
	}
	j.Timeout = r.duration(f.Timeout, "timeout", defaultJobTimeout)
	if j.Timeout == 0 {
		r.wrong("timeout must be above zero")
	}
	j.Overlap = oneOf(r, f.Overlap, "overlap", OverlapSkip, OverlapQueue, OverlapReplace)
	j.Missed = oneOf(r, f.Missed, "missed", MissedOnce, MissedSkip, MissedAll)
	grace := time.Duration(0)
	if j.Missed == MissedSkip {
		grace = defaultSkipGrace
	}
	j.Grace = r.duration(f.Grace, "grace", grace)
	j.Jitter = r.duration(f.Jitter, "jitter", 0)
	j.Retries = r.count(f.Retries, "retries")
	r.backoff(f.Backoff)
	r.policy(f.Policy)
	return j
}

// jobReader reads the fields of one job.
type jobReader struct {
	vm  *VM
	L   *lua.LState
	job *Job
}

func (r jobReader) wrong(format string, args ...any) {
	r.vm.invalid(r.L, "job %s: %w", r.job.Name, kube.Errorf(kube.ValueError, format, args...))
}

// jobTable is a field that has fields itself.
func jobTable[T any](r jobReader, v lua.LValue, name string) T {
	if v.Type() != lua.LTTable {
		r.wrong("%s must be a table, not %s", name, v.Type())
	}
	r.L.Push(v)
	defer r.L.Pop(1)
	return bindings.Options[T](r.vm.kube, r.L, r.L.GetTop())
}

func (r jobReader) duration(v lua.LValue, name string, otherwise time.Duration) time.Duration {
	if !given(v) {
		return otherwise
	}
	return r.vm.kube.Seconds(r.L, v, "job "+r.job.Name+": "+name)
}

func (r jobReader) count(v lua.LValue, name string) int {
	if !given(v) {
		return 0
	}
	n, ok := v.(lua.LNumber)
	if !ok || n < 0 || n > 1000 || n != lua.LNumber(int(n)) {
		r.wrong("%s must be a whole number from 0 to 1000, not %s", name, v)
	}
	return int(n)
}

// oneOf is a field that is one of several words, of which the first holds where
// there is none.
func oneOf[T ~string](r jobReader, text, name string, words ...T) T {
	if text == "" {
		return words[0]
	}
	if !slices.Contains(words, T(text)) {
		var known []string
		for _, w := range words {
			known = append(known, string(w))
		}
		r.wrong("%s can't be %q%s", name, text, kube.Suggest(text, known))
	}
	return T(text)
}

// texts is a field that is a text or a list of some texts.
func (r jobReader) texts(v lua.LValue, name string) []string {
	texts := r.list(v, name)
	if len(texts) == 0 {
		r.wrong("%s must be a text or a list of texts, not %s", name, v.Type())
	}
	return texts
}

// list is a field that is a text or a list of texts, also of none.
func (r jobReader) list(v lua.LValue, name string) []string {
	if text, ok := v.(lua.LString); ok {
		return []string{string(text)}
	}
	list, ok := v.(*lua.LTable)
	if !ok {
		r.wrong("%s must be a text or a list of texts, not %s", name, v.Type())
	}
	var texts []string
	list.ForEach(func(key, value lua.LValue) {
		if key.Type() != lua.LTNumber || value.Type() != lua.LTString {
			r.wrong("%s must be a text or a list of texts, without %s = %s", name, key, value)
		}
		texts = append(texts, value.String())
	})
	return texts
}

func (r jobReader) schedule(f jobFields) {
	if !given(f.Schedule) {
		return
	}
	zone := r.vm.zone
	if f.Timezone != "" {
		var err error
		if zone, err = time.LoadLocation(f.Timezone); err != nil || strings.EqualFold(f.Timezone, "local") {
			r.wrong("timezone: there is no zone %q (want one as in Europe/Paris, or UTC)", f.Timezone)
		}
	}
	var err error
	if r.job.Schedule, err = cron.Parse(zone, r.texts(f.Schedule, "schedule")...); err != nil {
		r.wrong("%w", err)
	}
}

func (r jobReader) on(v lua.LValue) {
	if !given(v) {
		return
	}
	f := jobTable[struct{ Watch, Events, Debounce lua.LValue }](r, v, "on")
	view := bindings.ViewOf(f.Watch)
	if view == nil {
		r.wrong("on.watch must be a view: on = { watch = cluster.pods }")
	}
	if !r.vm.kube.IsDefault(view.Cluster()) {
		r.wrong("on.watch must be a view of the global cluster")
	}
	types := []string{kube.Added, kube.Modified, kube.Deleted}
	on := &JobEvents{View: view, Types: types, Debounce: r.duration(f.Debounce, "on.debounce", 0)}
	if given(f.Events) {
		on.Types = r.texts(f.Events, "on.events")
		for _, t := range on.Types {
			oneOf(r, t, "on.events", types...)
		}
	}
	r.job.On = on
}

func (r jobReader) backoff(v lua.LValue) {
	b := &r.job.Backoff
	*b = defaultBackoff
	if !given(v) {
		return
	}
	f := jobTable[struct{ First, Factor, Max lua.LValue }](r, v, "backoff")
	b.First = r.duration(f.First, "backoff.first", b.First)
	if given(f.Factor) {
		n, ok := f.Factor.(lua.LNumber)
		if b.Factor = float64(n); !ok || b.Factor < 1 || math.IsInf(b.Factor, 0) {
			r.wrong("backoff.factor must be a number from 1, not %s", f.Factor)
		}
	}
	b.Max = r.duration(f.Max, "backoff.max", max(b.Max, b.First))
}

// policy reads the policy: the keys of a policy file, those of grants, and maxMemory.
func (r jobReader) policy(v lua.LValue) {
	if !given(v) {
		return
	}
	const memoryKey = "maxMemory"
	table, ok := v.(*lua.LTable)
	if !ok {
		r.wrong("policy must be a table, not %s", v.Type())
	}
	grants, lists, known := Grants{}, map[lua.LValue]*[]string{}, append(kube.PolicyKeys(), memoryKey)
	for kind, list := range grants.Kinds() {
		lists[lua.LString(PolicyKey(kind))] = list
		known = append(known, PolicyKey(kind))
	}
	rules, some := r.L.NewTable(), false
	table.ForEach(func(key, value lua.LValue) {
		switch list := lists[key]; {
		case list != nil:
			*list, r.job.Grants = r.list(value, "policy."+key.String()), &grants
		case key == lua.LString(memoryKey):
			r.job.Memory = r.size(value, "policy."+memoryKey)
		default:
			if !slices.Contains(known, key.String()) {
				r.wrong("policy has no key %q%s", key, kube.Suggest(key.String(), known))
			}
			some = true
			rules.RawSet(key, value)
		}
	})
	if !some {
		return
	}
	text, err := r.vm.kube.JSON(rules, "policy")
	if err == nil {
		r.job.Policy, err = kube.PolicyOf("the policy of job "+r.job.Name, text)
	}
	if err != nil {
		r.wrong("%w", err)
	}
}

// size is a number of bytes, as Kubernetes writes quantities.
func (r jobReader) size(v lua.LValue, name string) int64 {
	q, err := resource.ParseQuantity(v.String())
	if err != nil || q.Value() <= 0 {
		r.wrong("%s must be a size: 64Mi, 1Gi, or bytes, not %s", name, v)
	}
	return q.Value()
}
