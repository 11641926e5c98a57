package kube

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Usage is what a node, pod or container used lately.
type Usage struct {
	Name       string    // of the node, pod or container
	Namespace  string    // of the pod
	CPU        float64   // cores
	Memory     float64   // bytes
	Time       time.Time // end of the time measured
	Window     time.Duration
	Containers []Usage // of a pod; CPU and Memory are their sums
}

// The kinds of the metrics API (k8s.io/metrics).
var (
	nodeMetrics = &Resource{Group: "metrics.k8s.io", Versions: []string{"v1beta1"}, Kind: "NodeMetrics", Name: "nodes"}
	podMetrics  = &Resource{Group: "metrics.k8s.io", Versions: []string{"v1beta1"}, Kind: "PodMetrics", Name: "pods", Namespaced: true}
)

// Top tells what the pod or node uses. The numbers come from metrics-server,
// which not every cluster has, and which knows a new pod only after a while
// (LookupError).
func (i *Item) Top(ctx context.Context) (Usage, error) {
	r, err := metricsOf(i.resource)
	if err == nil {
		err = i.addressable()
	}
	if err != nil {
		return Usage{}, err
	}
	what := "usage of " + i.String()
	v, err := i.cluster.client.object(ctx, request{
		method: http.MethodGet, path: r.path(i.Meta().Namespace(), i.Meta().Name()), what: what,
	})
	if err != nil {
		return Usage{}, noMetrics(what, err)
	}
	return usage(v), nil
}

// Top tells what the pods or nodes of the view use: those that metrics-server
// knows already.
func (v *View) Top(ctx context.Context) ([]Usage, error) {
	r, err := metricsOf(v.resource)
	if err != nil {
		return nil, err
	}
	if v.selectors.Fields != "" {
		return nil, Errorf(ValueError, "usage of %s: metrics can't be selected by fields", v)
	}
	metrics := *v
	metrics.resource, metrics.cache = r, nil
	list := []Usage{}
	for item, err := range metrics.All(ctx) {
		if err != nil {
			return nil, noMetrics("usage of "+v.String(), err)
		}
		list = append(list, usage(item.raw))
	}
	return list, nil
}

// metricsOf is the resource that has the metrics of another's objects.
func metricsOf(r *Resource) (*Resource, error) {
	switch {
	case r.Group == "" && r.Kind == "Node":
		return nodeMetrics, nil
	case r.Group == "" && r.Kind == "Pod":
		return podMetrics, nil
	}
	return nil, Errorf(ValueError, "only nodes and pods have metrics, not %s", r.Name)
}

// noMetrics says where metrics come from, if a call failed since nobody serves
// them.
func noMetrics(what string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	unserved := e.StatusCode == http.StatusNotFound && (e.Response == nil || e.Response.status().At("details", "name").String() == "")
	if unserved || e.StatusCode == http.StatusServiceUnavailable {
		hint := *e
		hint.Kind = APIError
		hint.Message = what + ": the cluster serves no metrics.k8s.io; metrics-server does (is it installed, and ready?)"
		return &hint
	}
	return err
}

func usage(v Value) Usage {
	u := Usage{Name: v.At("metadata", "name").String(), Namespace: v.At("metadata", "namespace").String()}
	u.Time, _ = ParseTime(v.Get("timestamp").String())
	u.Window, _ = time.ParseDuration(v.Get("window").String())
	u.add(v.Get("usage"))
	for c := range v.Get("containers").Elements() {
		one := Usage{Name: c.Get("name").String(), Namespace: u.Namespace, Time: u.Time, Window: u.Window}
		one.add(c.Get("usage"))
		u.CPU += one.CPU
		u.Memory += one.Memory
		u.Containers = append(u.Containers, one)
	}
	return u
}

func (u *Usage) add(used Value) {
	amounts := quantities(used)
	u.CPU += amounts["cpu"]
	u.Memory += amounts["memory"]
}
