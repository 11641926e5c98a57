package kube

import (
	"context"
	"fmt"
	"time"
)

// podWatch knows why the pods of workloads aren't ready, by a watch of its own.
// What it may not watch it doesn't know: then it knows of no trouble.
type podWatch struct {
	pods, events *Watcher // nil where there is none
	stops        []func()
	began        time.Time

	troubles map[string]*podTrouble // by the pod's uid
	refused  map[string]obstacle    // why pods can't be created, by the workload's uid
	newest   map[string]newestPods  // by the workload's uid
}

// podTrouble is the trouble of a pod and whose pod it is.
type podTrouble struct {
	trouble
	owner, hash string
}

// newestPods are the pods of a workload's newest spec, at one version of it.
type newestPods struct {
	podsOf
	of string
}

// recent is how old an event about pods that can't be created may be when a
// wait begins: an older one may be about what has been mended.
const recent = time.Minute

// newPodWatch watches the pods of a view, and where pods that can't be created
// are told of by events, these. wake is told when there is something to update.
func newPodWatch(ctx context.Context, pods *View, told bool, wake chan<- struct{}) *podWatch {
	p := &podWatch{began: time.Now(), troubles: map[string]*podTrouble{}, refused: map[string]obstacle{}, newest: map[string]newestPods{}}
	p.pods = p.watch(ctx, pods, wake)
	if told {
		v := &View{cluster: pods.cluster, resource: eventsResource, namespace: pods.namespace}
		v.selectors.Fields = "reason=FailedCreate"
		p.events = p.watch(ctx, v, wake)
	}
	return p
}

func (p *podWatch) watch(ctx context.Context, v *View, wake chan<- struct{}) *Watcher {
	w, err := v.Watch(ctx, WatchOptions{Initial: true})
	if err != nil {
		return nil
	}
	p.stops = append(p.stops, w.Notify(wake), w.Close)
	return w
}

func (p *podWatch) close() {
	for _, stop := range p.stops {
		stop()
	}
	p.stops = nil
}

// update takes what has come.
func (p *podWatch) update() {
	p.pods = takeAll(p.pods, p.takePod)
	p.events = takeAll(p.events, p.takeEvent)
}

// takeAll takes the events that are there. It returns nil where the watch has
// ended.
func takeAll(w *Watcher, take func(Event)) *Watcher {
	for w != nil {
		ev, err := w.Next(context.Background(), 0)
		switch {
		case err == ErrTimeout:
			return w
		case err != nil:
			return nil
		}
		take(ev)
	}
	return nil
}

func (p *podWatch) takePod(ev Event) {
	uid := ev.Item.Meta().UID()
	delete(p.troubles, uid)
	if ev.Type == Deleted || ev.Item.Meta().get("deletionTimestamp").Exists() {
		return
	}
	if t := troubleOf(ev.Item); t != nil {
		hash, _ := ev.Item.Meta().Labels().Get(revisionHash)
		p.troubles[uid] = &podTrouble{*t, ev.Item.controller().Get("uid").String(), hash}
	}
}

func (p *podWatch) takeEvent(ev Event) {
	raw := ev.Item.Raw()
	message := raw.Get("message").String()
	if ev.Type == Deleted || !refusal(message) {
		return
	}
	for _, key := range []string{"lastTimestamp", "eventTime"} {
		if at, err := ParseTime(raw.Get(key).String()); err == nil && at.Before(p.began.Add(-recent)) {
			return
		}
	}
	p.refused[raw.At("involvedObject", "uid").String()] = obstacle{"FailedCreate", "FailedCreate: " + message}
}

// fails is why the pods of a workload's newest spec won't get ready.
func (p *podWatch) fails(ctx context.Context, row *readiness, workload *Item) obstacle {
	if why := p.refused[workload.Meta().UID()]; why.text != "" {
		return why
	}
	if len(p.troubles) == 0 {
		return obstacle{}
	}
	newest, err := p.newestOf(ctx, row, workload)
	if err != nil {
		return obstacle{}
	}
	var worst obstacle
	for _, t := range p.troubles {
		if !t.fatal || !newest.has(t.owner, t.hash) || t.crash && row.retries || t.done() {
			continue
		}
		if s := t.named(); worst.text == "" || s < worst.text {
			worst = obstacle{t.reason, s}
		}
	}
	return worst
}

// done tells whether a pod has ended: its workload makes another.
func (t *podTrouble) done() bool { return t.phase == "Failed" || t.phase == "Succeeded" }

// named says whose trouble it is.
func (t *podTrouble) named() string { return t.pod + ": " + t.String() }

// newestOf finds out which pods are the newest of a workload, once for each
// generation and revision.
func (p *podWatch) newestOf(ctx context.Context, row *readiness, workload *Item) (podsOf, error) {
	uid := workload.Meta().UID()
	of := fmt.Sprintf("%d %s %s", workload.count("metadata", "generation"), workload.annotation(revisionAnnotation), workload.Status().Get("updateRevision"))
	if known, ok := p.newest[uid]; ok && known.of == of && known.owner != "" {
		return known.podsOf, nil
	}
	newest, err := row.newest(ctx, workload)
	if err == nil {
		p.newest[uid] = newestPods{newest, of}
	}
	return newest, err
}

// worst is what is wrong with one of the newest pods of a workload, as far as
// is known, "" for nothing.
func (p *podWatch) worst(workload *Item) string {
	newest := p.newest[workload.Meta().UID()].podsOf
	worst := p.refused[workload.Meta().UID()].text
	for _, t := range p.troubles {
		if newest.has(t.owner, t.hash) && !t.done() && (worst == "" || t.named() < worst) {
			worst = t.named()
		}
	}
	return worst
}
